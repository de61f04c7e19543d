#include "io_fixture.hpp"
#include "log_capture.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/offload.hpp>
#include <dtrace/async/task_group.hpp>

#include <boost/test/unit_test.hpp>

#include <future>
#include <stdexcept>
#include <thread>

namespace asio = boost::asio;
using namespace dtrace;
using async::offload;
using async::WorkerPool;

namespace {

/// A pool whose one thread is held until `release()`.
struct HeldPool : test::IoFixture {
    test::LogCapture log;
    async::TaskGroup group{io.get_executor(), log};
    WorkerPool pool{{.name = "test pool", .threads = 1, .max_waiting = 1}};
    std::promise<void> gate;
    std::promise<void> entered;
    bool held_job_ended = false;

    asio::awaitable<void> hold() {
        auto const ran = co_await offload(pool, [this] {
            entered.set_value();
            gate.get_future().wait();
        });
        held_job_ended = ran.has_value();
    }

    void release() { gate.set_value(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(offloading)

BOOST_FIXTURE_TEST_CASE(runs_elsewhere_and_comes_home, test::IoFixture) {
    WorkerPool pool({.threads = 2});
    auto const home = std::this_thread::get_id();
    run([&]() -> asio::awaitable<void> {
        auto const there = co_await offload(pool, [] { return std::this_thread::get_id(); });
        BOOST_REQUIRE(there.has_value());
        BOOST_TEST((*there != home));
        BOOST_TEST((std::this_thread::get_id() == home));
    });
    BOOST_TEST(pool.counters().done == 1u);
}

BOOST_FIXTURE_TEST_CASE(flattens_results_and_passes_errors, test::IoFixture) {
    WorkerPool pool({});
    run([&]() -> asio::awaitable<void> {
        auto const good = co_await offload(pool, []() -> Result<int> { return 3; });
        BOOST_TEST(good.value() == 3);
        auto const bad = co_await offload(pool, []() -> Result<int> {
            return make_error(boost::system::errc::no_space_on_device, "full");
        });
        BOOST_TEST(bad.error().message == "full");
        Result<void> const nothing = co_await offload(pool, [] {});
        BOOST_TEST(nothing.has_value());
    });
}

BOOST_FIXTURE_TEST_CASE(passes_exceptions, test::IoFixture) {
    WorkerPool pool({});
    run([&]() -> asio::awaitable<void> {
        bool caught = false;
        try {
            auto const never =
                co_await offload(pool, []() -> int { throw std::out_of_range("x"); });
            BOOST_TEST(!never.has_value());
        } catch (std::out_of_range const&) {
            caught = true;
        }
        BOOST_TEST(caught);
    });
}

BOOST_FIXTURE_TEST_CASE(refuses_more_than_may_wait, HeldPool) {
    run([&]() -> asio::awaitable<void> {
        group.spawn("hold", hold());
        entered.get_future().wait();
        bool second_ran = false;
        group.spawn("second", [](WorkerPool& workers, bool& ran) -> asio::awaitable<void> {
            ran = (co_await offload(workers, [] {})).has_value();
        }(pool, second_ran));
        auto const third = co_await offload(pool, [] {});
        BOOST_REQUIRE(third.has_error());
        BOOST_TEST((third.error().code == boost::system::errc::resource_unavailable_try_again));
        BOOST_TEST(third.error().message == "test pool: too much work is waiting");
        BOOST_TEST(pool.counters().refused == 1u);
        BOOST_TEST(pool.counters().waiting == 1u);
        release();
        BOOST_TEST(co_await group.wait_until_empty());
        BOOST_TEST(second_ran);
    });
}

BOOST_FIXTURE_TEST_CASE(a_waiting_job_is_given_up_when_the_caller_is_cancelled, HeldPool) {
    bool ran = false;
    boost::system::error_code code;
    run([&]() -> asio::awaitable<void> {
        async::TaskGroup doomed(io.get_executor(), log);
        group.spawn("hold", hold());
        entered.get_future().wait();
        doomed.spawn("waiting",
                     [](WorkerPool& workers, bool& did_run,
                        boost::system::error_code& result) -> asio::awaitable<void> {
                         auto const outcome =
                             co_await offload(workers, [&did_run] { did_run = true; });
                         result = outcome.error().code;
                     }(pool, ran, code));
        co_await doomed.join(std::chrono::hours(1));  // while the thread is still held
        release();
        BOOST_TEST(co_await group.wait_until_empty());
    });
    BOOST_TEST(!ran);
    BOOST_TEST((code == boost::system::errc::operation_canceled));
}

BOOST_FIXTURE_TEST_CASE(a_running_job_is_waited_for_although_the_caller_is_cancelled, HeldPool) {
    run([&]() -> asio::awaitable<void> {
        group.spawn("hold", hold());
        entered.get_future().wait();
        group.stop();
        co_await async::sleep_for(milliseconds(1));
        BOOST_TEST(group.size() == 1u);
        release();
        co_await group.join(milliseconds(1));
    });
    BOOST_TEST(held_job_ended);
}

BOOST_AUTO_TEST_CASE(the_pool_may_go_with_jobs_waiting) {
    asio::io_context io{1};
    test::LogCapture log;
    async::TaskGroup group(io.get_executor(), log);
    WorkerPool pool({.threads = 1});
    for (int i = 0; i < 50; ++i)
        group.spawn("job", [](WorkerPool& workers) -> asio::awaitable<void> {
            auto const ran = co_await offload(workers, [] { std::this_thread::yield(); });
            static_cast<void>(ran);
        }(pool));
    io.poll();
}

BOOST_AUTO_TEST_SUITE_END()
