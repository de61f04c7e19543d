#pragma once

#include <dtrace/wire/interface.hpp>
#include <dtrace/wire/wire.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace dtrace {
class Logger;
}

namespace dtrace::wire {

class RawReceiver;
class RawSender;

/// Our UDP and TCP source ports, both ends included: below what the kernel gives away by itself
/// (net.ipv4.ip_local_port_range), so that no connection of this host ever meets our packets. The
/// checksums of our echo requests are from the same numbers.
struct PortRange {
    Port first = 24000;
    Port last = 32767;

    friend bool operator==(PortRange const&, PortRange const&) = default;
};

struct RawWireOptions {
    /// Only replies to packets with these numbers pass the sockets' filters.
    PortRange ports;
    /// Wished for, in bytes per socket. What the kernel granted is logged, less of it as a warning.
    int receive_buffer = 4 << 20;
    int send_buffer = 1 << 20;
    InterfaceIndex interface = 0;  ///< packets leave through it; replies come through any
};

/// The wire of the product: raw IPv4 and IPv6 sockets. A family that this host does not have is
/// said once in the log and its packets are refused with address_family_not_supported.
class RawWire final : public Wire {
  public:
    /// Needs CAP_NET_RAW here and never again; CAP_NET_ADMIN, where present, lifts the limit on the
    /// receive buffers. The error names what is missing and how to grant it.
    static Result<std::unique_ptr<RawWire>> open(boost::asio::any_io_executor executor,
                                                 RawWireOptions options, Logger& log);
    ~RawWire() override;

    SendOutcome send(std::span<OutgoingPacket const> batch) override;
    boost::asio::awaitable<Result<Arrivals>> receive() override;
    Result<IpAddress> source_for(IpAddress const& destination) override;

  private:
    RawWire(std::unique_ptr<RawSender> sender, std::unique_ptr<RawReceiver> receiver,
            InterfaceIndex interface);

    std::unique_ptr<RawSender> sender_;
    std::unique_ptr<RawReceiver> receiver_;
    InterfaceIndex interface_;
};

}  // namespace dtrace::wire
