#pragma once

#include <round_driver.hpp>

#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::test {

/// Hops of vertices; each vertex balances over its next hops by a hash of its own over the flow.
/// Vertex 0 of the first hop is where all flows begin; a vertex without next hops leads to the
/// target.
struct LayeredNetwork {
    struct Router {
        std::vector<std::size_t> next;  ///< positions in the next layer
        bool per_packet = false;
    };
    std::vector<std::vector<Router>> layers;
    Duration per_hop = milliseconds(20);

    /// Addresses that there are to be found, the target among them.
    [[nodiscard]] std::size_t vertices() const {
        std::size_t count = 1;
        for (auto const& layer : layers)
            count += layer.size();
        return count;
    }
};

inline std::uint64_t mixed(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

using Layer = std::vector<LayeredNetwork::Router>;

inline Layer one_router(std::vector<std::size_t> next) {
    return Layer{{.next = std::move(next)}};
}

/// r1, then `width` ways of `length` routers, then r2.
inline LayeredNetwork parallel_ways(std::size_t width, std::size_t length) {
    LayeredNetwork network;
    network.layers.push_back(one_router({}));
    for (std::size_t i = 0; i < width; ++i)
        network.layers[0][0].next.push_back(i);
    for (std::size_t depth = 0; depth < length; ++depth) {
        network.layers.emplace_back(width);
        for (std::size_t i = 0; i < width; ++i)
            network.layers.back()[i].next = {depth + 1 < length ? i : 0};
    }
    network.layers.push_back(one_router({}));
    return network;
}

/// What answers a packet: 10.0.<place>.<ttl>, or the target.
inline Script script_of(LayeredNetwork const& network, std::uint64_t seed) {
    auto random = std::make_shared<std::mt19937_64>(seed);
    return [network, seed, random](Flow const& flow, Packet packet,
                                   TimePoint) -> std::vector<ScriptedReply> {
        std::size_t place = 0;
        for (std::size_t layer = 0;; ++layer) {
            auto const& router = network.layers[layer][place];
            if (layer + 1 == packet.ttl)
                return {{network.per_hop * packet.ttl,
                         reply_from(test::router(packet.ttl, static_cast<int>(place)),
                                    ReplyKind::time_exceeded)}};
            if (router.next.empty())
                return {{network.per_hop * static_cast<int>(layer + 2),
                         reply_from(flow.destination, ReplyKind::port_unreachable)}};
            std::uint64_t const hash =
                router.per_packet
                    ? (*random)()
                    : mixed(mixed(seed * 1000 + layer * 100 + place) ^ mixed(flow.id));
            place = router.next[hash % router.next.size()];
        }
    };
}

/// `script`: what answers instead of the whole network.
inline DrivenRound explore(LayeredNetwork const& network, std::uint64_t seed,
                           engine::Plan plan = {}, Script const& script = {}) {
    plan.automatic = true;
    plan.flows = 256;
    std::vector<Flow> flows;
    for (std::uint16_t i = 0; i < plan.flows; ++i)
        flows.push_back(flow_to_target(Method::udp, static_cast<std::uint16_t>(24000 + i)));
    return drive(plan, flows, script ? script : script_of(network, seed));
}

inline std::set<std::string> addresses_of(Trace const& trace) {
    std::set<std::string> found;
    for (auto const& path : trace.paths)
        for (auto const& hop : path.hops)
            for (auto const& answer : hop.answers)
                found.insert(to_text(answer.from));
    return found;
}

inline std::size_t addresses_in(Trace const& trace) {
    return addresses_of(trace).size();
}

}  // namespace dtrace::test
