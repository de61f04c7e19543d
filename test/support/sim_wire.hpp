#pragma once

#include <dtrace/async/wakeup.hpp>
#include <dtrace/sim/network.hpp>
#include <dtrace/wire/wire.hpp>

#include <boost/asio/this_coro.hpp>

#include <arriving_datagram.hpp>
#include <host_tcp.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::test {

/// What the wire itself does wrong, beside the simulated Internet.
struct SimWireOptions {
    std::string probe;     ///< its node; empty: the first of the topology
    double duplicate = 0;  ///< probability that a reply comes twice
    double reorder = 0;    ///< probability that a reply is held back
    Duration held_back = milliseconds(5);
    double receiver_drop = 0;  ///< probability that our own socket loses a reply
    std::size_t receive_buffer = std::numeric_limits<std::size_t>::max();  ///< in packets
    std::size_t send_buffer = std::numeric_limits<std::size_t>::max();     ///< packets per send()
    std::uint64_t seed = 1;
};

/// A wire into a simulated Internet, in real time: replies arrive when they would, stamped with the
/// exact time. The host's TCP behind it resets every SYN-ACK. Several wires may share a network.
class SimWire final : public wire::Wire {
  public:
    /// `network` outlives the wire and was made with a start on the real clock (Clock::now()).
    SimWire(boost::asio::any_io_executor executor, sim::Network& network,
            SimWireOptions options = {})
        : network_(network),
          options_(std::move(options)),
          random_(options_.seed),
          wakeup_(std::move(executor)) {
        auto const& topology = network_.topology();
        if (options_.probe.empty()) options_.probe = sim::probes_of(topology).front();
        addresses_ = topology.nodes.at(options_.probe).addresses;
    }

    wire::SendOutcome send(std::span<wire::OutgoingPacket const> batch) override {
        auto const now = Clock::now();
        deliver_until(now);
        auto const room = std::min(batch.size(), options_.send_buffer);
        for (auto const& packet : batch.first(room))
            put_on_wire(packet.bytes, now);
        wakeup_.notify_one();
        if (room == batch.size()) return {.sent = room, .failed = {}};
        return {.sent = room, .failed = boost::asio::error::would_block};
    }

    boost::asio::awaitable<Result<wire::Arrivals>> receive() override {
        for (;;) {
            auto const seen = wakeup_.version();
            deliver_until(Clock::now());
            if (!inbox_.empty()) co_return take();
            auto const due = on_the_way_.empty() ? TimePoint::max() : on_the_way_.begin()->first;
            co_await wakeup_.wait(seen, due);
            auto const state = co_await boost::asio::this_coro::cancellation_state;
            if (state.cancelled() != boost::asio::cancellation_type::none)
                co_return make_error(boost::asio::error::operation_aborted, "receive");
        }
    }

    Result<IpAddress> source_for(IpAddress const& destination) override {
        for (IpAddress const& address : addresses_)
            if (family_of(address) == family_of(destination)) return address;
        return make_error(boost::system::errc::network_unreachable,
                          "no route to " + to_text(destination));
    }

    /// Replies that have not arrived yet.
    [[nodiscard]] std::size_t on_the_way() const { return on_the_way_.size(); }

  private:
    struct Arrived {
        std::vector<std::byte> bytes;
        TimePoint at;
    };

    bool happens(double probability) {
        return probability > 0 && static_cast<double>(random_() >> 11) * 0x1p-53 < probability;
    }

    void put_on_wire(std::span<std::byte const> bytes, TimePoint now) {
        for (sim::Delivery& reply : network_.process(bytes, now)) {
            auto due = now + reply.delay;
            if (happens(options_.reorder)) due += options_.held_back;
            if (happens(options_.duplicate)) on_the_way_.emplace(due, reply.bytes);
            on_the_way_.emplace(due, std::move(reply.bytes));
        }
    }

    void deliver_until(TimePoint now) {
        while (!on_the_way_.empty() && on_the_way_.begin()->first <= now) {
            auto reply = on_the_way_.extract(on_the_way_.begin());
            if (auto const reset = host_tcp_answer(reply.mapped()); !reset.empty())
                put_on_wire(reset, reply.key());
            if (!passes_socket_filter(reply.mapped())) continue;
            if (inbox_.size() >= options_.receive_buffer || happens(options_.receiver_drop))
                ++dropped_;
            else
                inbox_.push_back({std::move(reply.mapped()), reply.key()});
        }
    }

    wire::Arrivals take() {
        taken_ = std::exchange(inbox_, {});
        packets_.clear();
        for (Arrived const& arrived : taken_)
            if (auto const it = arriving_datagram(arrived.bytes, arrived.at))
                packets_.push_back({.bytes = it->bytes,
                                    .protocol = it->protocol,
                                    .source = it->source,
                                    .hop_limit = it->hop_limit,
                                    .traffic_class = it->traffic_class,
                                    .received = it->received});
        return {.packets = packets_, .dropped = std::exchange(dropped_, 0)};
    }

    sim::Network& network_;
    SimWireOptions options_;
    std::mt19937_64 random_;
    async::Wakeup wakeup_;
    std::vector<IpAddress> addresses_;
    std::multimap<TimePoint, std::vector<std::byte>> on_the_way_;
    std::vector<Arrived> inbox_;
    std::uint32_t dropped_ = 0;
    // What receive() has handed out.
    std::vector<Arrived> taken_;
    std::vector<wire::IncomingPacket> packets_;
};

}  // namespace dtrace::test
