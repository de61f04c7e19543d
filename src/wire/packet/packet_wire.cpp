#include "packet/packet_sender.hpp"
#include "raw/raw_receiver.hpp"

#include <dtrace/wire/packet_wire.hpp>
#include <dtrace/wire/source_address.hpp>

#include <utility>

namespace dtrace::wire {

PacketWire::PacketWire(std::unique_ptr<PacketSender> sender, std::unique_ptr<RawReceiver> receiver,
                       InterfaceIndex interface)
    : sender_(std::move(sender)), receiver_(std::move(receiver)), interface_(interface) {}

PacketWire::~PacketWire() = default;

Result<std::unique_ptr<PacketWire>> PacketWire::open(boost::asio::any_io_executor executor,
                                                     RawWireOptions options, Logger& log) {
    auto sender = PacketSender::open(options, log);
    if (!sender) return sender.error();
    auto receiver = RawReceiver::open(std::move(executor), Hears::replies, options, log);
    if (!receiver) return receiver.error();
    return std::unique_ptr<PacketWire>(
        new PacketWire(std::move(*sender), std::move(*receiver), options.interface));
}

SendOutcome PacketWire::send(std::span<OutgoingPacket const> batch) {
    return sender_->send(batch);
}

boost::asio::awaitable<Result<Arrivals>> PacketWire::receive() {
    return receiver_->receive();
}

Result<IpAddress> PacketWire::source_for(IpAddress const& destination) {
    return find_source(destination, interface_);
}

}  // namespace dtrace::wire
