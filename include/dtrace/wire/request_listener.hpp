#pragma once

#include <dtrace/wire/raw_wire.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>

namespace dtrace::wire {

/// Packets that other probes send to this host as their target: UDP, SYNs and echo requests that
/// arrive with a TTL of 1. It only listens; the kernel answers them as ever.
class RequestListener {
  public:
    virtual ~RequestListener() = default;

    /// As Wire::receive(). Arrivals::dropped: for that many packets at most there was no room.
    virtual boost::asio::awaitable<Result<Arrivals>> receive() = 0;

    /// Takes what is there without waiting, also while receive() waits; no packet: there is no
    /// more. Arrivals::dropped has all that was lost before the call. Ends what receive() gave.
    virtual Result<Arrivals> look() = 0;
};

/// Needs CAP_NET_RAW here and never again. Requests come from `ports` (echo requests: their
/// checksums are of these numbers). A family that this host does not have is left out.
[[nodiscard]] Result<std::unique_ptr<RequestListener>> open_request_listener(
    boost::asio::any_io_executor executor, PortRange ports, Logger& log);

}  // namespace dtrace::wire
