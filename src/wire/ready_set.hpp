#pragma once

#include <dtrace/core/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

namespace dtrace::wire {

/// Many sockets behind one epoll descriptor, so that one wait covers them all.
class ReadySet {
  public:
    static Result<ReadySet> open(boost::asio::any_io_executor executor);

    /// `events` as in epoll_ctl(2). Closing a descriptor takes it out.
    [[nodiscard]] Result<void> add(int descriptor, std::uint32_t events, std::uint64_t data);

    [[nodiscard]] Result<void> remove(int descriptor);

    [[nodiscard]] boost::asio::any_io_executor executor() { return epoll_.get_executor(); }

    /// Until one of them is ready. Cancellable, then and when it is cancelled already.
    [[nodiscard]] boost::asio::awaitable<Result<void>> wait();

    /// Those ready now, as many as fit; the others come first at the next look.
    [[nodiscard]] Result<std::span<epoll_event const>> look();

  private:
    explicit ReadySet(boost::asio::posix::stream_descriptor epoll) : epoll_(std::move(epoll)) {}

    boost::asio::posix::stream_descriptor epoll_;
    std::array<epoll_event, 64> ready_{};
};

}  // namespace dtrace::wire
