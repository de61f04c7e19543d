#include "io_fixture.hpp"
#include "log_capture.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/task_group.hpp>
#include <dtrace/async/use_result.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <vector>

namespace asio = boost::asio;
namespace this_coro = boost::asio::this_coro;
using namespace dtrace;
using async::TaskGroup;

namespace {

struct GroupFixture : test::IoFixture {
    test::LogCapture log;
    TaskGroup group{io.get_executor(), log};
    std::vector<std::string> steps;

    /// Waits until cancelled, however long that takes.
    asio::awaitable<void> sleeper() {
        bool const slept = co_await async::sleep_for(std::chrono::hours(1));
        steps.push_back(slept ? "slept" : "woken");
    }

    /// Hears only the second signal.
    asio::awaitable<void> stubborn() {
        co_await this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
        co_await sleeper();
    }

    asio::awaitable<void> loop_without_looking() {
        for (;;) {
            bool const slept = co_await async::sleep_for(std::chrono::hours(1));
            steps.push_back(slept ? "slept" : "round");
        }
    }

    static asio::awaitable<void> thrower() {
        throw std::runtime_error("disk on fire");
        co_return;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(task_group)

BOOST_FIXTURE_TEST_CASE(tells_that_one_has_failed_while_others_go_on, GroupFixture) {
    run([&]() -> asio::awaitable<void> {
        group.spawn("sleeper", sleeper());
        group.spawn("short", []() -> asio::awaitable<void> { co_return; }());
        group.spawn("thrower", thrower());
        BOOST_TEST(!group.failed());
        bool const failed = co_await group.wait_until_one_fails();
        BOOST_TEST(failed);
        BOOST_TEST(group.failed());
        BOOST_TEST(group.size() == 1u);
        bool const still = co_await group.wait_until_one_fails();
        BOOST_TEST(still);
        co_await group.join(seconds(5));
    });
    BOOST_TEST(log.count("task failed") == 1u);
}

BOOST_FIXTURE_TEST_CASE(waits_for_no_failure_when_all_have_ended_well, GroupFixture) {
    run([&]() -> asio::awaitable<void> {
        group.spawn("short", []() -> asio::awaitable<void> { co_return; }());
        bool const failed = co_await group.wait_until_one_fails();
        BOOST_TEST(!failed);
        group.spawn("sleeper", sleeper());
        TaskGroup watchers(io.get_executor(), log);
        bool told = true;
        watchers.spawn("watcher", [](TaskGroup& watched, bool& answer) -> asio::awaitable<void> {
            answer = co_await watched.wait_until_one_fails();
        }(group, told));
        co_await watchers.join(seconds(5));
        BOOST_TEST(!told);
        BOOST_TEST(group.size() == 1u);
        co_await group.join(seconds(5));
    });
}

BOOST_FIXTURE_TEST_CASE(joins_a_task_that_hears_the_first_signal, GroupFixture) {
    run([&]() -> asio::awaitable<void> {
        BOOST_TEST(group.spawn("sleeper", sleeper()));
        BOOST_TEST(group.size() == 1u);
        co_await group.join(std::chrono::hours(1));  // the first signal is enough
    });
    BOOST_TEST(group.size() == 0u);
    BOOST_TEST(steps == std::vector<std::string>{"woken"});
    BOOST_TEST(log.events().empty());
}

BOOST_FIXTURE_TEST_CASE(cancels_hard_after_the_grace, GroupFixture) {
    run([&]() -> asio::awaitable<void> {
        group.spawn("stubborn", stubborn());
        co_await group.join(milliseconds(5));
    });
    BOOST_TEST(steps == std::vector<std::string>{"woken"});
}

BOOST_FIXTURE_TEST_CASE(a_task_may_be_cancelled_by_its_own_signal, GroupFixture) {
    asio::cancellation_signal* cancel = nullptr;
    run([&]() -> asio::awaitable<void> {
        group.spawn("sleeper", [&](asio::cancellation_signal& signal) {
            cancel = &signal;
            return sleeper();
        });
        group.spawn("other", sleeper());
        co_await async::sleep_for(milliseconds(1));
        cancel->emit(asio::cancellation_type::total);
        co_await async::sleep_for(milliseconds(1));
        BOOST_TEST(group.size() == 1u);
        BOOST_TEST(steps == std::vector<std::string>{"woken"});
        co_await group.join(seconds(30));
    });
}

BOOST_FIXTURE_TEST_CASE(ends_a_loop_that_never_looks, GroupFixture) {
    run([&]() -> asio::awaitable<void> {
        group.spawn("loop", loop_without_looking());
        co_await group.join(seconds(30));
    });
    BOOST_TEST(steps == std::vector<std::string>{"round"});
    BOOST_TEST(log.events().empty());
}

BOOST_FIXTURE_TEST_CASE(logs_what_a_task_throws, GroupFixture) {
    run([&]() -> asio::awaitable<void> {
        group.spawn("thrower", thrower());
        BOOST_TEST(co_await group.wait_until_empty());
        group.spawn("sleeper", sleeper());
        co_await group.join(seconds(1));
    });
    BOOST_TEST(log.count(LogLevel::error) == 1u);
    auto const event = log.find("task failed");
    BOOST_REQUIRE(event);
    BOOST_TEST(event->field("task") == "thrower");
    BOOST_TEST(event->field("reason") == "disk on fire");
}

BOOST_FIXTURE_TEST_CASE(starts_nothing_after_stop, GroupFixture) {
    run([&]() -> asio::awaitable<void> {
        group.stop();
        BOOST_TEST(group.stopping());
        BOOST_TEST(!group.spawn("late", sleeper()));
        co_await group.join(seconds(1));
    });
    BOOST_TEST(steps.empty());
}

BOOST_FIXTURE_TEST_CASE(a_task_may_stop_its_own_group, GroupFixture) {
    auto const stopper = [](TaskGroup& all) -> asio::awaitable<void> {
        co_await async::sleep_for(milliseconds(1));
        all.stop();
    };
    run([&]() -> asio::awaitable<void> {
        group.spawn("sleeper", sleeper());
        group.spawn("stopper", stopper(group));
        BOOST_TEST(co_await group.wait_until_empty());
    });
    BOOST_TEST(steps == std::vector<std::string>{"woken"});
    BOOST_TEST(log.events().empty());
}

BOOST_FIXTURE_TEST_CASE(stop_before_the_loop_runs_skips_the_task, GroupFixture) {
    group.spawn("sleeper", sleeper());
    group.stop();
    run([&]() -> asio::awaitable<void> { co_await group.join(seconds(30)); });
    BOOST_TEST(steps.empty());
}

BOOST_FIXTURE_TEST_CASE(groups_nest_and_the_outer_grace_rules, GroupFixture) {
    TaskGroup outer{io.get_executor(), log};
    auto const service = [](TaskGroup& inner, asio::awaitable<void> task) -> asio::awaitable<void> {
        inner.spawn("stubborn", std::move(task));
        co_await this_coro::throw_if_cancelled(false);
        co_await async::sleep_for(std::chrono::hours(1));
        co_await inner.join(std::chrono::hours(1));
    };
    run([&]() -> asio::awaitable<void> {
        outer.spawn("service", service(group, stubborn()));
        co_await outer.join(milliseconds(5));
    });
    BOOST_TEST(group.size() == 0u);
    BOOST_TEST(steps == std::vector<std::string>{"woken"});
}

BOOST_AUTO_TEST_CASE(a_context_may_be_destroyed_with_tasks_in_it) {
    test::LogCapture log;
    asio::io_context io{1};
    TaskGroup group{io.get_executor(), log};
    group.spawn("sleeper", []() -> asio::awaitable<void> {
        co_await async::sleep_for(std::chrono::hours(1));
    }());
    io.poll();
    BOOST_TEST(group.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
