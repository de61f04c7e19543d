#include "accounts/reload_accounts.hpp"

#include "catalog/load_registry.hpp"

#include <dtrace/async/deadline.hpp>

#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

constexpr Duration longest_reload = seconds(60);
constexpr Duration before_next_try = seconds(1);

/// `seen`: the notification that this reading still answers.
asio::awaitable<Result<void>> read_in_turn(async::Wakeup& asked, async::Wakeup::Version& seen,
                                           Changes& changes, store::Registry& registry,
                                           Accounts& accounts) {
    auto const turn = co_await changes.enter();
    if (!turn)
        co_return make_error(boost::system::errc::resource_unavailable_try_again,
                             "too many changes at once");
    seen = asked.version();
    co_return co_await load_accounts(registry, accounts);
}

}  // namespace

asio::awaitable<void> reload_accounts(async::Wakeup& asked, Changes& changes,
                                      store::Registry& registry, Accounts& accounts, Logger& log) {
    auto seen = asked.version();
    for (;;) {
        bool const woken = co_await asked.wait(seen);
        if (!woken) co_return;
        // Apart from this coroutine, which a turn would let nothing but `terminal` cancel.
        auto operation = read_in_turn(asked, seen, changes, registry, accounts);
        auto const read =
            co_await async::with_deadline(Clock::now() + longest_reload, std::move(operation));
        if (read) continue;
        log.error("users not read again", {{"reason", read.error().message}});
        bool const slept = co_await async::sleep_for(before_next_try);
        if (!slept) co_return;
    }
}

}  // namespace dtrace::master
