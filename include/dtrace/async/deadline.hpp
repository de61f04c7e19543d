#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <utility>

namespace dtrace::async {

/// Waits. False when cancelled.
[[nodiscard]] boost::asio::awaitable<bool> sleep_until(TimePoint time);
[[nodiscard]] boost::asio::awaitable<bool> sleep_for(Duration duration);

/// How an operation with a time limit ended; exceptions of the operation come through.
enum class Ended : std::uint8_t { in_time, timed_out, cancelled };

/// Runs `operation` to its end and cancels it (terminal) when `deadline` has passed. Always waits
/// for its end, so that it may refer to the caller's variables. `cancelled`: by the caller's own
/// cancellation, which goes through to the operation.
[[nodiscard]] boost::asio::awaitable<Ended> run_until(TimePoint deadline,
                                                      boost::asio::awaitable<void> operation);

namespace detail {

template <class T>
boost::asio::awaitable<void> store(boost::asio::awaitable<T> operation, std::optional<T>& into) {
    into.emplace(co_await std::move(operation));
}

[[nodiscard]] Error deadline_error(Ended ended);

}  // namespace detail

/// The operation's value, or none when the time was over or the caller was cancelled.
template <class T>
[[nodiscard]] boost::asio::awaitable<std::optional<T>> with_deadline(
    TimePoint deadline, boost::asio::awaitable<T> operation) {
    std::optional<T> value;
    auto const ended = co_await run_until(deadline, detail::store(std::move(operation), value));
    if (ended == Ended::timed_out) value.reset();
    co_return value;
}

/// The operation's result. A success counts even if it came with the deadline; otherwise the error
/// is errc::timed_out or errc::operation_canceled when one of these was the reason.
template <class T>
[[nodiscard]] boost::asio::awaitable<Result<T>> with_deadline(
    TimePoint deadline, boost::asio::awaitable<Result<T>> operation) {
    std::optional<Result<T>> result;
    auto const ended = co_await run_until(deadline, detail::store(std::move(operation), result));
    if (result && (result->has_value() || ended == Ended::in_time)) co_return *std::move(result);
    co_return detail::deadline_error(ended);
}

}  // namespace dtrace::async
