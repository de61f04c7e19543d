#pragma once

#include <dtrace/wire/raw_wire.hpp>

#include <memory>

namespace dtrace::wire {

class PacketSender;

/// Sends past the kernel's IP layer, straight to the device: about a third more packets a second
/// than by raw sockets, and blind to the host's own packet filters and queues. Next hops come from
/// the kernel's routes and neighbours, as they are now; a host that balances its own routes by flow
/// gets one of them for each destination. What needs the kernel (this host itself, tunnels, a
/// neighbour not known yet) leaves by raw sockets. Receives as RawWire does.
class PacketWire final : public Wire {
  public:
    /// As RawWire::open().
    static Result<std::unique_ptr<PacketWire>> open(boost::asio::any_io_executor executor,
                                                    RawWireOptions options, Logger& log);
    ~PacketWire() override;

    SendOutcome send(std::span<OutgoingPacket const> batch) override;
    boost::asio::awaitable<Result<Arrivals>> receive() override;
    Result<IpAddress> source_for(IpAddress const& destination) override;

  private:
    PacketWire(std::unique_ptr<PacketSender> sender, std::unique_ptr<RawReceiver> receiver,
               InterfaceIndex interface);

    std::unique_ptr<PacketSender> sender_;
    std::unique_ptr<RawReceiver> receiver_;
    InterfaceIndex interface_;
};

}  // namespace dtrace::wire
