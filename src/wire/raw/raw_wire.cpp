#include "raw/raw_receiver.hpp"
#include "raw/raw_sender.hpp"

#include <dtrace/wire/raw_wire.hpp>
#include <dtrace/wire/source_address.hpp>

#include <utility>

namespace dtrace::wire {

RawWire::RawWire(std::unique_ptr<RawSender> sender, std::unique_ptr<RawReceiver> receiver,
                 InterfaceIndex interface)
    : sender_(std::move(sender)), receiver_(std::move(receiver)), interface_(interface) {}

RawWire::~RawWire() = default;

Result<std::unique_ptr<RawWire>> RawWire::open(boost::asio::any_io_executor executor,
                                               RawWireOptions options, Logger& log) {
    auto sender = RawSender::open(options, log);
    if (!sender) return sender.error();
    auto receiver = RawReceiver::open(std::move(executor), Hears::replies, options, log);
    if (!receiver) return receiver.error();
    return std::unique_ptr<RawWire>(
        new RawWire(std::move(*sender), std::move(*receiver), options.interface));
}

SendOutcome RawWire::send(std::span<OutgoingPacket const> batch) {
    return sender_->send(batch);
}

boost::asio::awaitable<Result<Arrivals>> RawWire::receive() {
    return receiver_->receive();
}

Result<IpAddress> RawWire::source_for(IpAddress const& destination) {
    return find_source(destination, interface_);
}

}  // namespace dtrace::wire
