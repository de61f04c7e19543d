#pragma once

#include <dtrace/packet/arriving_datagram.hpp>
#include <dtrace/packet/decode_reply.hpp>
#include <dtrace/packet/encode_packet.hpp>
#include <dtrace/sim/network.hpp>

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::test {

inline IpAddress ip(std::string_view text) {
    return parse<IpAddress>(text).value();
}

inline sim::Topology topology(std::string_view json) {
    auto read = sim::read_topology(json);
    BOOST_REQUIRE_MESSAGE(read, (read ? "" : read.error().message));
    return std::move(*read);
}

/// A file of the source tree.
inline std::string text_of(std::string const& path) {
    std::ifstream file(DTRACE_SOURCE_DIR "/" + path);
    BOOST_REQUIRE_MESSAGE(file, "no file " << path);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string scenario_text(std::string const& name) {
    return text_of("test/scenario/" + name + ".json");
}

inline sim::Topology scenario(std::string const& name) {
    return topology(scenario_text(name));
}

/// From the probe of the sample topologies to their target.
inline Flow sample_flow(Method method = Method::udp, Family family = Family::ipv4,
                        std::uint16_t id = 24000) {
    bool const v4 = family == Family::ipv4;
    return {.method = method,
            .source = ip(v4 ? "192.0.2.1" : "2001:db8:1::1"),
            .destination = ip(v4 ? "198.51.100.9" : "2001:db8:9::9"),
            .id = id,
            .destination_port = static_cast<Port>(method == Method::udp   ? 33434
                                                  : method == Method::tcp ? 80
                                                                          : 0)};
}

/// What came back to one packet.
struct Received {
    Duration delay;
    std::vector<std::byte> bytes;
    std::optional<Reply> reply;  ///< as the probe decodes it
};

/// A network, a time of its own, and packets of the real encoder.
class Simulation {
  public:
    explicit Simulation(sim::Topology described, std::uint64_t seed = 1)
        : network(std::move(described), seed, start) {}
    explicit Simulation(std::string_view json) : Simulation(topology(json)) {}

    static std::vector<std::byte> packet_of(Flow const& flow, Ttl ttl, std::uint32_t ticks = 7) {
        packet::FlowEncoder const encoder(flow, packet::Secret{});
        std::vector<std::byte> bytes(packet::max_packet_size);
        auto const tag = packet::usable_tag({.ttl = ttl, .ticks = ticks}, encoder.mask());
        bytes.resize(encoder.encode(tag, bytes));
        return bytes;
    }

    std::optional<Received> send(std::span<std::byte const> bytes) {
        auto deliveries = network.process(bytes, now);
        BOOST_REQUIRE_LE(deliveries.size(), 1U);
        if (deliveries.empty()) return {};
        Received received{deliveries[0].delay, std::move(deliveries[0].bytes), {}};
        auto const datagram = packet::arriving_datagram(received.bytes, now + received.delay);
        BOOST_REQUIRE(datagram);
        received.reply = packet::decode_reply(*datagram);
        return received;
    }
    std::optional<Received> send(Flow const& flow, Ttl ttl) { return send(packet_of(flow, ttl)); }

    /// The address and kind of the answer, as "10.0.0.1 time_exceeded"; "silence" without.
    std::string answer(Flow const& flow, Ttl ttl) {
        auto const received = send(flow, ttl);
        if (!received) return "silence";
        if (!received->reply) return "undecodable";
        return to_text(received->reply->outer.from) + " " +
               std::string(to_text(received->reply->kind));
    }

    static constexpr TimePoint start{seconds(1000)};
    TimePoint now = start;
    sim::Network network;
};

}  // namespace dtrace::test
