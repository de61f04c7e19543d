#pragma once

#include "lossy_network.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace dtrace::test {

using Ends = std::pair<int, int>;
using Truth = std::vector<Ends>;  ///< the links that lose

// Links of the diamond, and how each of these makes some of them lose.

inline Truth branch_links(int branch) {
    return {
        {2, 31 + branch}, {31 + branch, 41 + branch}, {41 + branch, 51 + branch}, {51 + branch, 6}};
}

inline Truth lose(LossyNetwork& network, Ends const& ends, double loss) {
    network.wire(ends.first, ends.second).loss = loss;
    return {ends};
}

inline Truth lose_on_a_branch(LossyNetwork& network, double loss) {
    auto const links = branch_links(network.below(4));
    return lose(network, links[static_cast<std::size_t>(network.below(4))], loss);
}

inline Truth two_of_a_branch(LossyNetwork& network) {
    auto links = branch_links(network.below(4));
    links.erase(links.begin() + network.below(4));
    links.erase(links.begin() + network.below(3));
    for (auto const& ends : links)
        network.wire(ends.first, ends.second).loss = 0.05;
    return links;
}

inline Truth shared_and_branch(LossyNetwork& network) {
    auto truth = lose_on_a_branch(network, 0.05);
    truth.push_back(lose(network, {1, 2}, 0.05).front());
    return truth;
}

/// Of 1→2 and the branch links: what can be told apart.
inline Truth two_of_all(LossyNetwork& network) {
    Truth links{{1, 2}};
    for (int b = 0; b < 4; ++b)
        std::ranges::copy(branch_links(b), std::back_inserter(links));
    int const count = static_cast<int>(links.size());
    int const first = network.below(count);
    int const second = (first + 1 + network.below(count - 1)) % count;
    Truth truth;
    for (int const number : {first, second})
        truth.push_back(lose(network, links[static_cast<std::size_t>(number)], 0.05).front());
    return truth;
}

}  // namespace dtrace::test
