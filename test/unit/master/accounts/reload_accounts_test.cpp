#include "accounts/reload_accounts.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/task_group.hpp>
#include <dtrace/json/write.hpp>

#include <boost/test/unit_test.hpp>

#include <io_fixture.hpp>
#include <log_capture.hpp>
#include <memory_store.hpp>

#include <functional>
#include <string>
#include <utility>

using namespace dtrace;
using namespace dtrace::master;
namespace asio = boost::asio;

namespace {

void add_user(test::MemoryStore& store, std::string const& name) {
    User const user{.name = name, .role = Role::viewer, .password_hash = {}, .created_at = {}};
    store.kept_entries[{store::EntryKind::user, name}] = json::write(user);
}

/// Tells when the sessions are read, which is when the users have been.
struct ToldStore : test::MemoryStore {
    std::function<void()> after_users = [] {};

    asio::awaitable<Result<std::vector<store::RegistryEntry>>> entries(
        store::EntryKind kind) override {
        if (kind == store::EntryKind::session) std::exchange(after_users, [] {})();
        return MemoryStore::entries(kind);
    }
};

struct ReloadFixture : test::IoFixture {
    test::LogCapture log;
    ToldStore store;
    Accounts accounts;
    Changes changes{io.get_executor(), store, log};
    async::Wakeup asked{io.get_executor()};

    asio::awaitable<void> until_known(std::string name) {
        while (!accounts.user(name))
            co_await async::sleep_for(milliseconds(1));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(reloading_accounts, ReloadFixture)

BOOST_AUTO_TEST_CASE(what_is_asked_for_while_reading_is_read_too) {
    store.after_users = [&] {
        add_user(store, "second");
        asked.notify_all();
    };
    run([&]() -> asio::awaitable<void> {
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("accounts", reload_accounts(asked, changes, store, accounts, log));
        add_user(store, "first");
        co_await async::sleep_for(milliseconds(1));
        asked.notify_all();
        co_await until_known("second");
        // Having read once, it still ends when it is asked to.
        co_await tasks.join(std::chrono::hours(1));
    });
}

BOOST_AUTO_TEST_CASE(it_waits_for_its_turn_as_long_as_it_takes) {
    add_user(store, "ada");
    run([&]() -> asio::awaitable<void> {
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("accounts", reload_accounts(asked, changes, store, accounts, log));
        co_await async::sleep_for(milliseconds(1));
        auto turn = co_await changes.enter();
        asked.notify_all();
        while (changes.waiting() == 0)
            co_await async::sleep_for(milliseconds(1));
        BOOST_TEST(!accounts.user("ada"));
        turn.reset();
        co_await until_known("ada");
        co_await tasks.join(seconds(5));
    });
}

BOOST_AUTO_TEST_SUITE_END()
