#include <dtrace/async/cancellable.hpp>
#include <dtrace/async/deadline.hpp>
#include <dtrace/async/use_result.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <memory>

namespace dtrace::async {

namespace asio = boost::asio;
namespace this_coro = boost::asio::this_coro;

asio::awaitable<bool> sleep_until(TimePoint time) {
    asio::steady_timer timer(co_await this_coro::executor, time);
    auto const [error] = co_await timer.async_wait(as_result);
    co_return !error;
}

asio::awaitable<bool> sleep_for(Duration duration) {
    return sleep_until(Clock::now() + duration);
}

namespace {

/// Shared with the timer's handler, which may run once more after everything is over.
struct Alarm {
    asio::cancellation_signal signal;
    bool rang = false;
    bool over = false;
};

}  // namespace

asio::awaitable<Ended> run_until(TimePoint deadline, asio::awaitable<void> operation) {
    auto const alarm = std::make_shared<Alarm>();
    asio::steady_timer timer(co_await this_coro::executor, deadline);
    timer.async_wait([alarm](boost::system::error_code error) {
        if (error || alarm->over) return;
        alarm->rang = true;
        alarm->signal.emit(asio::cancellation_type::all);
    });

    std::exception_ptr failure;
    try {
        co_await run_cancellable(std::move(operation), alarm->signal);
    } catch (...) {
        failure = std::current_exception();
    }
    alarm->over = true;
    timer.cancel();

    if (failure && !is_cancellation(failure)) std::rethrow_exception(failure);
    if (alarm->rang) co_return Ended::timed_out;
    auto const state = co_await this_coro::cancellation_state;
    bool const cancelled = failure || state.cancelled() != asio::cancellation_type::none;
    co_return cancelled ? Ended::cancelled : Ended::in_time;
}

namespace detail {

Error deadline_error(Ended ended) {
    if (ended == Ended::timed_out)
        return make_error(boost::system::errc::timed_out, "not done in time");
    return make_error(boost::system::errc::operation_canceled, "cancelled");
}

}  // namespace detail
}  // namespace dtrace::async
