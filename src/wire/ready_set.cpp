#include "ready_set.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <utility>

namespace dtrace::wire {

namespace asio = boost::asio;

Result<ReadySet> ReadySet::open(asio::any_io_executor executor) {
    int const epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) return errno_error("cannot wait for sockets");
    return ReadySet(asio::posix::stream_descriptor(std::move(executor), epoll));
}

Result<void> ReadySet::add(int descriptor, std::uint32_t events, std::uint64_t data) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = data;
    if (epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, descriptor, &event) < 0)
        return errno_error("cannot wait for sockets");
    return {};
}

Result<void> ReadySet::remove(int descriptor) {
    if (epoll_ctl(epoll_.native_handle(), EPOLL_CTL_DEL, descriptor, nullptr) < 0)
        return errno_error("cannot leave a socket alone");
    return {};
}

asio::awaitable<Result<void>> ReadySet::wait() {
    auto const state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        co_return make_error(asio::error::operation_aborted, "receiving");
    boost::system::error_code code;
    co_await epoll_.async_wait(asio::posix::stream_descriptor::wait_read,
                               asio::redirect_error(asio::use_awaitable, code));
    if (code) co_return make_error(code, "receiving");
    co_return Result<void>();
}

Result<std::span<epoll_event const>> ReadySet::look() {
    int const count =
        epoll_wait(epoll_.native_handle(), ready_.data(), static_cast<int>(ready_.size()), 0);
    if (count < 0 && errno != EINTR) return errno_error("cannot wait for sockets");
    return std::span<epoll_event const>(ready_).first(static_cast<std::size_t>(std::max(count, 0)));
}

}  // namespace dtrace::wire
