#include <dtrace/async/cancellable.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace dtrace::async {

namespace asio = boost::asio;
namespace this_coro = boost::asio::this_coro;

namespace {

/// A spawned coroutine hears only `terminal` unless it says otherwise, and forgets its parent's
/// choice about throwing.
asio::awaitable<void> as_child(asio::awaitable<void> operation, bool throws) {
    co_await this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await this_coro::throw_if_cancelled(throws);
    co_await std::move(operation);
}

}  // namespace

asio::awaitable<void> run_cancellable(asio::awaitable<void> operation,
                                      asio::cancellation_signal& also) {
    auto const executor = co_await this_coro::executor;
    auto const parent = co_await this_coro::cancellation_state;
    bool const throws = co_await this_coro::throw_if_cancelled();

    // The operation below listens to `also` and leaves the caller's slot free for the forwarder;
    // Asio clears it when the operation is over.
    auto slot = parent.slot();
    if (slot.is_connected())
        slot.assign([&also](asio::cancellation_type type) { also.emit(type); });
    auto [failure] = co_await asio::co_spawn(
        executor, as_child(std::move(operation), throws),
        asio::bind_cancellation_slot(also.slot(), asio::as_tuple(asio::use_awaitable)));
    if (failure) std::rethrow_exception(failure);
}

bool is_cancellation(std::exception_ptr const& failure) {
    if (!failure) return false;
    try {
        std::rethrow_exception(failure);
    } catch (boost::system::system_error const& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

std::string reason_of(std::exception_ptr const& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (std::exception const& error) {
        return error.what();
    } catch (...) {
        return "an exception of unknown type";
    }
}

}  // namespace dtrace::async
