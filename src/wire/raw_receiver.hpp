#pragma once

#include "inlet.hpp"
#include "kernel_clock.hpp"
#include "ready_set.hpp"

#include <dtrace/wire/raw_wire.hpp>

#include <memory>
#include <vector>

namespace dtrace::wire {

/// Replies in: raw ICMP, ICMPv6 and TCP sockets that are waited for together. Each wait takes up to
/// one batch from every ready socket: none starves another.
class RawReceiver {
  public:
    static Result<std::unique_ptr<RawReceiver>> open(boost::asio::any_io_executor executor,
                                                     RawWireOptions const& options, Logger& log);

    boost::asio::awaitable<Result<Arrivals>> receive();

  private:
    RawReceiver(ReadySet ready, std::vector<Inlet> inlets);
    Result<Arrivals> take();

    std::vector<Inlet> inlets_;
    ReadySet ready_;
    KernelClock clock_;
    std::vector<IncomingPacket> packets_;
    bool more_ = false;  ///< the last look filled a batch: look again before waiting
};

}  // namespace dtrace::wire
