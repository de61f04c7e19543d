#pragma once

#include <dtrace/async/wakeup.hpp>
#include <dtrace/sim/network.hpp>
#include <dtrace/wire/wire.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace dtrace::demo {

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
            SimWireOptions options = {});

    wire::SendOutcome send(std::span<wire::OutgoingPacket const> batch) override;
    boost::asio::awaitable<Result<wire::Arrivals>> receive() override;
    Result<IpAddress> source_for(IpAddress const& destination) override;

    /// Replies that have not arrived yet.
    [[nodiscard]] std::size_t on_the_way() const { return on_the_way_.size(); }

  private:
    struct Arrived {
        std::vector<std::byte> bytes;
        TimePoint at;
    };

    bool happens(double probability);
    void put_on_wire(std::span<std::byte const> bytes, TimePoint now);
    void deliver_until(TimePoint now);
    wire::Arrivals take();

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
    std::vector<Datagram> packets_;
};

}  // namespace dtrace::demo
