#pragma once

#include "lossy_network.hpp"

#include <dtrace/analysis/locate_loss.hpp>
#include <dtrace/analysis/way_back.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dtrace::test {

/// Two probes that measure each other, 16 flows each: a reaches b over 1 to 6, b reaches a over 11
/// to 16. Nodes stand for addresses: where both take the same links, 16 is 1, 15 is 2, and so on.
struct BothWays {
    static constexpr int a = 101;
    static constexpr int b = 102;
    static constexpr int source_of_a = 201;
    static constexpr int source_of_b = 202;

    static LossyNetwork network(std::uint64_t seed, bool counted) {
        LossyNetwork network(seed);
        for (std::uint64_t flow = 0; flow < 16; ++flow) {
            network.flow({.probe = "a",
                          .source = source_of_a,
                          .target = b,
                          .number = flow,
                          .stops = {{1}, {2}, {3}, {4}, {5}, {6}, {b}},
                          .counted = counted});
            network.flow({.probe = "b",
                          .source = source_of_b,
                          .target = a,
                          .number = flow,
                          .stops = {{11}, {12}, {13}, {14}, {15}, {16}, {a}},
                          .counted = counted});
        }
        return network;
    }

    /// What routers and the target at the end answer to one of the probes passes a lossy link.
    static void lose_answers(LossyNetwork& network, int target, std::vector<int> const& routers,
                             double loss) {
        for (int const router : routers)
            network.responder(router).answers = 1 - loss;
        for (auto& flow : network.flows())
            if (flow.target == target) flow.returns = 1 - loss;
    }

    static analysis::LossVerdict judge(LossyNetwork& network, unsigned rounds, unsigned attempts) {
        analysis::Evidence evidence;
        network.run(evidence, rounds, attempts);
        auto verdict = analysis::locate_loss(evidence);
        analysis::ProbeAddresses const probes{{"a", {LossyNetwork::address(a)}},
                                              {"b", {LossyNetwork::address(b)}}};
        verdict.culprits =
            analysis::tell_ways_apart(std::move(verdict.culprits), verdict.ambiguities, probes);
        return verdict;
    }

    struct Situation {
        std::string name;
        std::function<void(LossyNetwork&, double loss)> spoil;
        int from = 0;  ///< the link that loses packets, if any
        int to = 0;
        bool access = false;  ///< it is the access of a
    };

    static std::vector<Situation> situations() {
        auto const lose = [](LossyNetwork& network, int from, int to, double loss) {
            network.wire(from, to).loss = loss;
        };
        return {
            {"nothing is lost", [](auto&, double) {}},
            {"the ways differ, replies to b share the lossy link 3→4",
             [=](LossyNetwork& network, double loss) {
                 lose(network, 3, 4, loss);
                 lose_answers(network, a, {15, 16}, loss);
             },
             3, 4},
            {"both take the same links, 3→4 loses one way",
             [=](LossyNetwork& network, double loss) {
                 lose(network, 3, 4, loss);
                 lose_answers(network, a, {14, 15, 16}, loss);
             },
             3, 4},
            {"the last link 6→b, one way",
             [=](LossyNetwork& network, double loss) {
                 lose(network, 6, b, loss);
                 lose_answers(network, a, {11, 12, 13, 14, 15, 16}, loss);
             },
             6, b},
            {"the last link but one, 5→6, one way",
             [=](LossyNetwork& network, double loss) {
                 lose(network, 5, 6, loss);
                 lose_answers(network, a, {12, 13, 14, 15, 16}, loss);
             },
             5, 6},
            {"the access of a, on the way out",
             [=](LossyNetwork& network, double loss) {
                 lose(network, source_of_a, 1, loss);
                 lose_answers(network, a, {}, loss);
             },
             source_of_a, 1, true},
            {"the access of a, on the way in",
             [=](LossyNetwork& network, double loss) {
                 lose(network, 16, a, loss);
                 lose_answers(network, b, {1, 2, 3, 4, 5, 6}, loss);
             },
             16, a},
            {"on the way back to a only, of what answers beyond 3",
             [=](LossyNetwork& network, double loss) {
                 lose_answers(network, b, {4, 5, 6}, loss);
             }},
            {"3→4 loses, and as much is lost on the way back",
             [=](LossyNetwork& network, double loss) {
                 lose(network, 3, 4, loss);
                 lose_answers(network, b, {4, 5, 6}, loss);
             },
             3, 4},
        };
    }
};

}  // namespace dtrace::test
