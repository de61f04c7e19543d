#pragma once

#include "inlet.hpp"
#include "kernel_clock.hpp"

#include <dtrace/wire/raw_wire.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <vector>

namespace dtrace::wire {

/// Replies in: raw ICMP, ICMPv6 and TCP sockets behind one epoll descriptor, so that one wait
/// covers them all. Each wait takes up to one batch from every ready socket: none starves another.
class RawReceiver {
  public:
    static Result<std::unique_ptr<RawReceiver>> open(boost::asio::any_io_executor executor,
                                                     RawWireOptions const& options, Logger& log);

    boost::asio::awaitable<Result<Arrivals>> receive();

  private:
    RawReceiver(boost::asio::any_io_executor executor, Descriptor epoll, std::vector<Inlet> inlets);
    Result<Arrivals> take();

    std::vector<Inlet> inlets_;
    boost::asio::posix::stream_descriptor readable_;  ///< the epoll descriptor
    KernelClock clock_;
    std::vector<IncomingPacket> packets_;
};

}  // namespace dtrace::wire
