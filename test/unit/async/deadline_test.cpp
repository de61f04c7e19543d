#include "io_fixture.hpp"
#include "log_capture.hpp"

#include <dtrace/async/cancellable.hpp>
#include <dtrace/async/deadline.hpp>
#include <dtrace/async/task_group.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

namespace asio = boost::asio;
namespace this_coro = boost::asio::this_coro;
using namespace dtrace;
using test::IoFixture;

namespace {

constexpr auto long_time = std::chrono::hours(1);

TimePoint soon() {
    return Clock::now() + milliseconds(2);
}
TimePoint late() {
    return Clock::now() + long_time;
}

asio::awaitable<std::string> text_after(Duration wait) {
    bool const slept = co_await async::sleep_for(wait);
    co_return slept ? "slept" : "woken";
}

asio::awaitable<Result<int>> number_after(Duration wait) {
    bool const slept = co_await async::sleep_for(wait);
    if (!slept) co_return make_error(boost::system::errc::operation_canceled, "woken");
    co_return 7;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(deadline)

BOOST_FIXTURE_TEST_CASE(a_value_in_time_comes_through, IoFixture) {
    auto const text = value_of(async::with_deadline(late(), text_after(milliseconds(1))));
    BOOST_REQUIRE(text);
    BOOST_TEST(*text == "slept");
}

BOOST_FIXTURE_TEST_CASE(a_value_too_late_is_none, IoFixture) {
    auto const text = value_of(async::with_deadline(soon(), text_after(long_time)));
    BOOST_TEST(!text);
}

BOOST_FIXTURE_TEST_CASE(a_result_in_time_comes_through, IoFixture) {
    auto const number = value_of(async::with_deadline(late(), number_after(milliseconds(1))));
    BOOST_REQUIRE(number.has_value());
    BOOST_TEST(*number == 7);
}

BOOST_FIXTURE_TEST_CASE(a_result_too_late_is_timed_out, IoFixture) {
    auto const number = value_of(async::with_deadline(soon(), number_after(long_time)));
    BOOST_REQUIRE(number.has_error());
    BOOST_TEST((number.error().code == boost::system::errc::timed_out));
}

BOOST_FIXTURE_TEST_CASE(the_operations_own_error_comes_through, IoFixture) {
    auto const refuse = []() -> asio::awaitable<Result<int>> {
        co_return make_error(boost::system::errc::connection_refused, "nobody there");
    };
    auto const number = value_of(async::with_deadline(late(), refuse()));
    BOOST_TEST(number.error().message == "nobody there");
}

BOOST_FIXTURE_TEST_CASE(exceptions_come_through, IoFixture) {
    auto const breakage = []() -> asio::awaitable<void> {
        throw std::logic_error("broken");
        co_return;
    };
    run([&]() -> asio::awaitable<void> {
        bool caught = false;
        try {
            co_await async::run_until(late(), breakage());
        } catch (std::logic_error const&) {
            caught = true;
        }
        BOOST_TEST(caught);
    });
}

BOOST_FIXTURE_TEST_CASE(the_inner_deadline_does_not_cancel_the_caller, IoFixture) {
    run([&]() -> asio::awaitable<void> {
        auto const first = co_await async::with_deadline(soon(), number_after(long_time));
        BOOST_TEST(first.has_error());
        auto const second = co_await async::with_deadline(late(), number_after(milliseconds(1)));
        BOOST_TEST(second.has_value());
    });
}

BOOST_FIXTURE_TEST_CASE(deadlines_nest, IoFixture) {
    run([&]() -> asio::awaitable<void> {
        auto inner = async::with_deadline(late(), number_after(long_time));
        auto const outer = co_await async::with_deadline(soon(), std::move(inner));
        BOOST_REQUIRE(outer.has_error());
        BOOST_TEST((outer.error().code == boost::system::errc::timed_out));
    });
}

BOOST_FIXTURE_TEST_CASE(cancellation_of_the_caller_goes_through, IoFixture) {
    test::LogCapture log;
    async::TaskGroup group(io.get_executor(), log);
    std::optional<Result<int>> number;
    auto const caller = [&number]() -> asio::awaitable<void> {
        number = co_await async::with_deadline(late(), number_after(long_time));
    };
    run([&]() -> asio::awaitable<void> {
        group.spawn("caller", caller());
        co_await group.join(long_time);  // the first signal is enough
    });
    BOOST_REQUIRE(number);
    BOOST_REQUIRE(number->has_error());
    BOOST_TEST((number->error().code == boost::system::errc::operation_canceled));
}

BOOST_FIXTURE_TEST_CASE(a_cancelled_operation_that_throws_counts_as_cancelled, IoFixture) {
    auto const loop = []() -> asio::awaitable<void> {
        for (;;)
            co_await async::sleep_for(long_time);
    };
    run([&]() -> asio::awaitable<void> {
        auto const ended = co_await async::run_until(soon(), loop());
        BOOST_TEST((ended == async::Ended::timed_out));
    });
}

BOOST_FIXTURE_TEST_CASE(another_signal_cancels_too, IoFixture) {
    run([&]() -> asio::awaitable<void> {
        asio::cancellation_signal signal;
        asio::post(io, [&] { signal.emit(asio::cancellation_type::total); });
        bool woken = false;
        auto const wait = [&woken]() -> asio::awaitable<void> {
            bool const slept = co_await async::sleep_for(long_time);
            woken = !slept;
        };
        co_await async::run_cancellable(wait(), signal);
        BOOST_TEST(woken);
        BOOST_TEST(co_await async::sleep_for(milliseconds(1)));  // the caller is not cancelled
    });
}

BOOST_AUTO_TEST_CASE(tells_a_cancellation_from_other_failures) {
    auto const aborted = boost::system::system_error(asio::error::operation_aborted);
    BOOST_TEST(async::is_cancellation(std::make_exception_ptr(aborted)));
    BOOST_TEST(!async::is_cancellation(std::make_exception_ptr(std::runtime_error("x"))));
    BOOST_TEST(!async::is_cancellation(std::make_exception_ptr(1)));
    BOOST_TEST(!async::is_cancellation(nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
