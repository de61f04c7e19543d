#pragma once

#include <dtrace/analysis/evidence.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::test {

/// Draws the counts that probes would collect, packet by packet, from a network whose truth is
/// known. Nodes are numbers. The same seed gives the same counts.
class LossyNetwork {
  public:
    struct Responder {
        double answers = 1;  ///< share of packets that it answers, and whose answer returns
        unsigned most_per_round =
            0;  ///< answers in a round, first come first served; 0: any number
    };
    struct Wire {
        double loss = 0;
        double bad_rounds = 1;  ///< share of the rounds in which it loses packets at all
    };
    /// Where packets of one TTL come by: one node, or any of several, packet by packet.
    using Stop = std::vector<int>;
    struct FlowRoute {
        std::string probe;
        int source = 0;
        int target = 0;
        std::uint64_t number = 0;
        std::vector<Stop> stops;  ///< after the source; the last is the target
        double returns = 1;       ///< share of the target's answers that this flow gets back
        bool counted = false;     ///< the target counts what arrives
    };

    /// Different seeds give unrelated streams: each is a place far from the others in one.
    explicit LossyNetwork(std::uint64_t seed) : state_(mixed(seed ^ 0x5DEE'CE66'D1CE'4E5Bu)) {}

    Responder& responder(int node) { return responders_[node]; }
    Wire& wire(int from, int to) { return wires_[{from, to}]; }
    FlowRoute& flow(FlowRoute route) {
        flows_.push_back(std::move(route));
        return flows_.back();
    }
    std::vector<FlowRoute>& flows() { return flows_; }

    /// 0 to 1, without 1.
    double random() {
        state_ += 0x9E37'79B9'7F4A'7C15u;
        return static_cast<double>(mixed(state_) >> 11) * 0x1.0p-53;
    }
    int below(int limit) { return static_cast<int>(random() * limit); }

    static IpAddress address(int node) {
        return IpV4(0x0A00'0000u + static_cast<std::uint32_t>(node));
    }

    /// Every flow sends `attempts` packets to each place in each of `rounds` rounds. `added`, if
    /// given, gets what that has added.
    void run(analysis::Evidence& evidence, unsigned rounds, unsigned attempts,
             std::vector<analysis::Evidence::Share>* added = nullptr) {
        for (unsigned round = 0; round < rounds; ++round) {
            begin_round();
            for (auto const& flow : flows_) {
                auto share = send(evidence, flow, attempts);
                if (added) added->push_back(std::move(share));
            }
        }
    }

  private:
    static std::uint64_t mixed(std::uint64_t z) {
        z = (z ^ z >> 30) * 0xBF58'476D'1CE4'E5B9u;
        z = (z ^ z >> 27) * 0x94D0'49BB'1331'11EBu;
        return z ^ z >> 31;
    }

    void begin_round() {
        answered_.clear();
        good_.clear();
        for (auto const& [ends, wire] : wires_)
            if (wire.bad_rounds < 1 && random() >= wire.bad_rounds) good_.insert(ends);
    }

    bool passes(int from, int to) {
        auto const wire = wires_.find({from, to});
        if (wire == wires_.end() || wire->second.loss == 0 || good_.contains({from, to}))
            return true;
        return random() >= wire->second.loss;
    }

    bool answers(int node, FlowRoute const& flow) {
        auto const& responder = responders_[node];
        if (responder.most_per_round > 0 && answered_[node]++ >= responder.most_per_round)
            return false;
        double const share = responder.answers * (node == flow.target ? flow.returns : 1);
        return share >= 1 || random() < share;
    }

    /// Where a packet to the given place arrives; -1: nowhere.
    int send_packet(FlowRoute const& flow, std::size_t place) {
        int at = flow.source;
        for (std::size_t stop = 0; stop <= place; ++stop) {
            auto const& choices = flow.stops[stop];
            int const next =
                choices.size() == 1
                    ? choices.front()
                    : choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
            if (!passes(at, next)) return -1;
            at = next;
        }
        return at;
    }

    analysis::Evidence::Share send(analysis::Evidence& evidence, FlowRoute const& flow,
                                   unsigned attempts) {
        std::vector<analysis::HopCounts> hops(flow.stops.size());
        bool reached = false;
        std::uint32_t arrived = 0;
        for (std::size_t place = 0; place < flow.stops.size(); ++place) {
            std::vector<IpAddress> from;
            for (unsigned attempt = 0; attempt < attempts; ++attempt) {
                int const node = send_packet(flow, place);
                arrived += node == flow.target ? 1 : 0;
                if (node < 0 || !answers(node, flow)) continue;
                ++hops[place].answered;
                if (from.empty() || from.back() != address(node)) from.push_back(address(node));
                reached = reached || node == flow.target;
            }
            hops[place].sent = attempts;
            if (!from.empty()) hops[place].node = evidence.node(std::move(from));
        }
        auto share = evidence.add({.flow = {.probe = evidence.probe(flow.probe),
                                            .target = evidence.node(address(flow.target)),
                                            .header = flow.number},
                                   .reached = reached,
                                   .hops = hops});
        if (flow.counted && evidence.target_hop(share)) evidence.count(share, arrived);
        return share;
    }

    std::uint64_t state_;
    std::map<int, Responder> responders_;
    std::map<std::pair<int, int>, Wire> wires_;
    std::vector<FlowRoute> flows_;
    std::map<int, unsigned> answered_;    ///< in this round
    std::set<std::pair<int, int>> good_;  ///< wires that lose nothing in this round
};

/// `flows` flows from probe "p" (node 0) over a 4-way diamond of 8 hops: 1 and 2, then one of four
/// branches b of three routers 31+b, 41+b, 51+b, then 6, 7 and the target 8. Flow f takes branch f
/// mod 4.
inline LossyNetwork diamond(std::uint64_t seed, int flows = 16) {
    LossyNetwork network(seed);
    for (int flow = 0; flow < flows; ++flow) {
        int const b = flow % 4;
        network.flow({.probe = "p",
                      .source = 0,
                      .target = 8,
                      .number = static_cast<std::uint64_t>(flow),
                      .stops = {{1}, {2}, {31 + b}, {41 + b}, {51 + b}, {6}, {7}, {8}}});
    }
    return network;
}

}  // namespace dtrace::test
