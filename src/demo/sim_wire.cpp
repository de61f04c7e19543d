#include "host_tcp.hpp"

#include <dtrace/demo/sim_wire.hpp>
#include <dtrace/packet/arriving_datagram.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace dtrace::demo {

namespace asio = boost::asio;

SimWire::SimWire(asio::any_io_executor executor, sim::Network& network, SimWireOptions options)
    : network_(network),
      options_(std::move(options)),
      random_(options_.seed),
      wakeup_(std::move(executor)) {
    auto const& topology = network_.topology();
    if (options_.probe.empty()) options_.probe = sim::probes_of(topology).front();
    addresses_ = topology.nodes.at(options_.probe).addresses;
}

wire::SendOutcome SimWire::send(std::span<wire::OutgoingPacket const> batch) {
    auto const now = Clock::now();
    deliver_until(now);
    auto const room = std::min(batch.size(), options_.send_buffer);
    for (auto const& packet : batch.first(room))
        put_on_wire(packet.bytes, now);
    wakeup_.notify_one();
    if (room == batch.size()) return {.sent = room, .failed = {}};
    return {.sent = room, .failed = asio::error::would_block};
}

asio::awaitable<Result<wire::Arrivals>> SimWire::receive() {
    for (;;) {
        auto const seen = wakeup_.version();
        deliver_until(Clock::now());
        if (!inbox_.empty()) co_return take();
        auto const due = on_the_way_.empty() ? TimePoint::max() : on_the_way_.begin()->first;
        co_await wakeup_.wait(seen, due);
        auto const state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none)
            co_return make_error(asio::error::operation_aborted, "receive");
    }
}

Result<IpAddress> SimWire::source_for(IpAddress const& destination) {
    for (IpAddress const& address : addresses_)
        if (family_of(address) == family_of(destination)) return address;
    return make_error(boost::system::errc::network_unreachable,
                      "no route to " + to_text(destination));
}

bool SimWire::happens(double probability) {
    return probability > 0 && static_cast<double>(random_() >> 11) * 0x1p-53 < probability;
}

void SimWire::put_on_wire(std::span<std::byte const> bytes, TimePoint now) {
    for (sim::Delivery& reply : network_.process(bytes, now)) {
        auto due = now + reply.delay;
        if (happens(options_.reorder)) due += options_.held_back;
        if (happens(options_.duplicate)) on_the_way_.emplace(due, reply.bytes);
        on_the_way_.emplace(due, std::move(reply.bytes));
    }
}

void SimWire::deliver_until(TimePoint now) {
    while (!on_the_way_.empty() && on_the_way_.begin()->first <= now) {
        auto reply = on_the_way_.extract(on_the_way_.begin());
        if (auto const reset = host_tcp_answer(reply.mapped()); !reset.empty())
            put_on_wire(reset, reply.key());
        if (!packet::passes_socket_filter(reply.mapped())) continue;
        if (inbox_.size() >= options_.receive_buffer || happens(options_.receiver_drop))
            ++dropped_;
        else
            inbox_.push_back({std::move(reply.mapped()), reply.key()});
    }
}

wire::Arrivals SimWire::take() {
    taken_ = std::exchange(inbox_, {});
    packets_.clear();
    for (Arrived const& arrived : taken_)
        if (auto const datagram = packet::arriving_datagram(arrived.bytes, arrived.at))
            packets_.push_back(*datagram);
    return {.packets = packets_, .dropped = std::exchange(dropped_, 0)};
}

}  // namespace dtrace::demo
