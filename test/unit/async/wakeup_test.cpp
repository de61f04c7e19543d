#include "io_fixture.hpp"
#include "log_capture.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/task_group.hpp>
#include <dtrace/async/wakeup.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace dtrace;
using async::Wakeup;

namespace {

struct WakeupFixture : test::IoFixture {
    test::LogCapture log;
    Wakeup wakeup{io.get_executor()};
    async::TaskGroup group{io.get_executor(), log};
    std::vector<std::string> order;

    asio::awaitable<void> waiter(std::string name) {
        bool const notified = co_await wakeup.wait();
        order.push_back(name + (notified ? " notified" : " cancelled"));
    }

    asio::awaitable<void> turn() { co_await async::sleep_for(milliseconds(1)); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(wakeup)

BOOST_FIXTURE_TEST_CASE(notify_one_wakes_the_longest_waiter, WakeupFixture) {
    run([&]() -> asio::awaitable<void> {
        group.spawn("a", waiter("a"));
        group.spawn("b", waiter("b"));
        BOOST_TEST(wakeup.waiters() == 2u);
        wakeup.notify_one();
        co_await turn();
        BOOST_TEST(order == std::vector<std::string>{"a notified"});
        wakeup.notify_one();
        BOOST_TEST(co_await group.wait_until_empty());
    });
    BOOST_TEST(order.back() == "b notified");
    BOOST_TEST(wakeup.waiters() == 0u);
}

BOOST_FIXTURE_TEST_CASE(two_notifications_in_one_turn_wake_two, WakeupFixture) {
    run([&]() -> asio::awaitable<void> {
        group.spawn("a", waiter("a"));
        group.spawn("b", waiter("b"));
        wakeup.notify_one();
        wakeup.notify_one();
        BOOST_TEST(co_await group.wait_until_empty());
    });
    BOOST_TEST((order == std::vector<std::string>{"a notified", "b notified"}));
}

BOOST_FIXTURE_TEST_CASE(notify_all_wakes_all, WakeupFixture) {
    run([&]() -> asio::awaitable<void> {
        for (auto const* name : {"a", "b", "c"})
            group.spawn(name, waiter(name));
        wakeup.notify_all();
        BOOST_TEST(co_await group.wait_until_empty());
    });
    BOOST_TEST(order.size() == 3u);
}

BOOST_FIXTURE_TEST_CASE(a_notification_before_the_wait_is_not_lost, WakeupFixture) {
    run([&]() -> asio::awaitable<void> {
        auto const seen = wakeup.version();
        wakeup.notify_all();
        co_await turn();
        BOOST_TEST(co_await wakeup.wait(seen));
    });
}

BOOST_FIXTURE_TEST_CASE(the_deadline_ends_the_wait, WakeupFixture) {
    run([&]() -> asio::awaitable<void> {
        BOOST_TEST(!co_await wakeup.wait(Clock::now() + milliseconds(2)));
    });
    BOOST_TEST(wakeup.waiters() == 0u);
}

BOOST_FIXTURE_TEST_CASE(cancellation_ends_the_wait, WakeupFixture) {
    run([&]() -> asio::awaitable<void> {
        group.spawn("a", waiter("a"));
        co_await group.join(std::chrono::hours(1));
    });
    BOOST_TEST(order == std::vector<std::string>{"a cancelled"});
}

BOOST_FIXTURE_TEST_CASE(a_cancelled_waiter_passes_its_notification_on, WakeupFixture) {
    async::TaskGroup doomed(io.get_executor(), log);
    run([&]() -> asio::awaitable<void> {
        doomed.spawn("first", waiter("first"));
        group.spawn("second", waiter("second"));
        wakeup.notify_one();  // meant for the first, which is cancelled in the same turn
        doomed.stop();
        BOOST_TEST(co_await group.wait_until_empty());
        co_await doomed.join(seconds(1));
    });
    BOOST_TEST((order == std::vector<std::string>{"first cancelled", "second notified"}));
}

BOOST_AUTO_TEST_CASE(may_go_before_its_context) {
    asio::io_context io{1};
    test::LogCapture log;
    async::TaskGroup group(io.get_executor(), log);
    Wakeup wakeup(io.get_executor());
    group.spawn("waiter", [](Wakeup& all) -> asio::awaitable<void> {
        bool const notified = co_await all.wait();
        static_cast<void>(notified);
    }(wakeup));
    io.poll();
    BOOST_TEST(wakeup.waiters() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
