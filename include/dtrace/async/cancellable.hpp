#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <exception>
#include <string>

namespace dtrace::async {

// How cancellation works here. A task of a TaskGroup hears two signals: `total` (stop when you can)
// and, after a grace period, `terminal` (stop now). The operation being awaited ends with
// operation_aborted; if the task goes on regardless, its next co_await throws it
// (this_coro::throw_if_cancelled() is true), so that no loop survives by accident. Work that must
// be finished after the first signal says so:
//   co_await this_coro::reset_cancellation_state(enable_terminal_cancellation());
// and a loop that wants to end without an exception asks, before it goes on,
//   (co_await this_coro::cancellation_state).cancelled() != cancellation_type::none

/// Runs `operation` to its end so that `also` cancels it too, besides the caller's own
/// cancellation. Exceptions come through. `also` must outlive the call and serve nothing else.
[[nodiscard]] boost::asio::awaitable<void> run_cancellable(boost::asio::awaitable<void> operation,
                                                           boost::asio::cancellation_signal& also);

/// True when the exception is a cancellation (operation_aborted).
[[nodiscard]] bool is_cancellation(std::exception_ptr const& failure);

/// What the exception says; there is one.
[[nodiscard]] std::string reason_of(std::exception_ptr const& failure);

}  // namespace dtrace::async
