#pragma once

#include "lossy_links.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::test {

// A network that nobody has chosen. Each of one to three probes has a router of its own, as has
// each of one to three targets; between them lie three to seven layers of one to four routers, of
// which each balances over some of the next layer. A fifth of the routers answers 20 to 100 %.

constexpr int layer = 100;  ///< router r of layer n is node 100 n + r
constexpr int first_router_of_target = 850;

inline std::vector<LossyNetwork::Stop> random_way(LossyNetwork& network,
                                                  std::map<int, std::vector<int>> const& onward,
                                                  int width) {
    int at = layer + network.below(width);
    std::vector<LossyNetwork::Stop> way{{at}};
    for (auto next = onward.find(at); next != onward.end(); next = onward.find(at)) {
        at = next->second[static_cast<std::size_t>(
            network.below(static_cast<int>(next->second.size())))];
        way.push_back({at});
    }
    return way;
}

inline LossyNetwork random_network(std::uint64_t seed) {
    LossyNetwork network(seed);
    int const probes = 1 + network.below(3);
    int const targets = 1 + network.below(3);
    int const flows = 8 + network.below(17);
    std::vector<int> widths(static_cast<std::size_t>(3 + network.below(5)));
    for (auto& width : widths)
        width = 1 + network.below(4);
    std::map<int, std::vector<int>> onward;
    for (int n = 1; n < static_cast<int>(widths.size()); ++n) {
        int const next = widths[static_cast<std::size_t>(n)];
        for (int router = 0; router < widths[static_cast<std::size_t>(n) - 1]; ++router) {
            auto& others = onward[n * layer + router];
            for (int other = 0; other < next; ++other)
                if (network.random() < 0.6) others.push_back((n + 1) * layer + other);
            if (others.empty()) others.push_back((n + 1) * layer + network.below(next));
            if (network.random() < 0.2)
                network.responder(n * layer + router).answers = 0.2 + 0.8 * network.random();
        }
    }
    for (int number = 0; number < probes * targets * flows; ++number) {
        int const probe = number % probes;
        int const target = number / probes % targets;
        auto stops = random_way(network, onward, widths.front());
        stops.insert(stops.begin(), {800 + probe});
        stops.push_back({first_router_of_target + target});
        stops.push_back({900 + target});
        network.flow({.probe = "p" + std::to_string(probe),
                      .source = 1000 + probe,
                      .target = 900 + target,
                      .number = static_cast<std::uint64_t>(number),
                      .stops = std::move(stops)});
    }
    return network;
}

/// 2, 5 or 10 % on so many links between layers, each crossed by at least four flows.
inline Truth lose_somewhere(LossyNetwork& network, int count) {
    std::map<Ends, int> crossed;
    for (auto const& flow : network.flows())
        for (std::size_t i = 2;
             i < flow.stops.size() && flow.stops[i].front() < first_router_of_target; ++i)
            ++crossed[{flow.stops[i - 1].front(), flow.stops[i].front()}];
    std::erase_if(crossed, [](auto const& link) { return link.second < 4; });
    Truth truth;
    for (; count > 0 && !crossed.empty(); --count) {
        auto const chosen =
            std::next(crossed.begin(), network.below(static_cast<int>(crossed.size())));
        constexpr double losses[] = {0.02, 0.05, 0.1};
        truth.push_back(lose(network, chosen->first, losses[network.below(3)]).front());
        crossed.erase(chosen);
    }
    return truth;
}

}  // namespace dtrace::test
