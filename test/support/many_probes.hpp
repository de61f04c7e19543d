#pragma once

#include "lossy_links.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace dtrace::test {

/// 3 probes × 2 targets, one flow each: two routers of the probe's own, 1, 2, 3 and 4 of all, and
/// one before each target.
inline LossyNetwork shared_core(std::uint64_t seed) {
    LossyNetwork network(seed);
    for (int probe = 0; probe < 3; ++probe)
        for (int target = 0; target < 2; ++target)
            network.flow({.probe = "p" + std::to_string(probe),
                          .source = 1000 + probe,
                          .target = 200 + target,
                          .number = static_cast<std::uint64_t>(10 * probe + target),
                          .stops = {{10 + probe},
                                    {20 + probe},
                                    {1},
                                    {2},
                                    {3},
                                    {4},
                                    {100 + target},
                                    {200 + target}}});
    return network;
}

/// So many probes, each with a router of its own, over 1, 2, 3 and 4 of all to one target.
inline std::function<LossyNetwork(std::uint64_t)> many_probes(int probes) {
    return [probes](std::uint64_t seed) {
        LossyNetwork network(seed);
        for (int probe = 0; probe < probes; ++probe)
            network.flow({.probe = "p" + std::to_string(probe),
                          .source = 1000 + probe,
                          .target = 9,
                          .number = static_cast<std::uint64_t>(probe),
                          .stops = {{500 + probe}, {1}, {2}, {3}, {4}, {9}}});
        return network;
    };
}

/// 40 probes, two flows each to three targets, over a router of its own, one that all cross, one of
/// four branches of two, and two before each target.
inline LossyNetwork branches_of_many(std::uint64_t seed) {
    LossyNetwork network(seed);
    for (int number = 0; number < 40 * 3 * 2; ++number) {
        int const probe = number % 40;
        int const target = number / 40 % 3;
        int const branch = network.below(4);
        network.flow({.probe = "p" + std::to_string(probe),
                      .source = 1000 + probe,
                      .target = 900 + target,
                      .number = static_cast<std::uint64_t>(number),
                      .stops = {{500 + probe},
                                {1},
                                {20 + branch},
                                {30 + branch},
                                {4},
                                {50 + target},
                                {60 + target},
                                {900 + target}}});
    }
    return network;
}

/// The same, where a fifth of all routers answers 20 to 100 %.
inline LossyNetwork branching_probes(std::uint64_t seed) {
    auto network = branches_of_many(seed);
    auto const may_be_reluctant = [&](int router) {
        if (network.random() < 0.2)
            network.responder(router).answers = 0.2 + 0.8 * network.random();
    };
    for (int const router : {1, 20, 21, 22, 23, 30, 31, 32, 33, 4, 50, 51, 52, 60, 61, 62})
        may_be_reluctant(router);
    for (int probe = 0; probe < 40; ++probe)
        may_be_reluctant(500 + probe);
    return network;
}

/// So much is lost on the access links of the first `probes`.
inline std::function<Truth(LossyNetwork&)> lossy_accesses(int probes, double least, double most) {
    return [=](LossyNetwork& network) {
        Truth truth;
        for (int probe = 0; probe < probes; ++probe) {
            double const loss = least + (most - least) * network.random();
            truth.push_back(lose(network, {1000 + probe, 500 + probe}, loss).front());
        }
        return truth;
    };
}

/// Eight of the access links, and one that all cross.
inline Truth accesses_and_shared(LossyNetwork& network) {
    auto truth = lossy_accesses(8, 0.05, 0.3)(network);
    truth.push_back(lose(network, {2, 3}, 0.1).front());
    return truth;
}

}  // namespace dtrace::test
