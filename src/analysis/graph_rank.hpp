#pragma once

#include <cstdint>
#include <vector>

namespace dtrace::analysis {

struct Arrow {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint64_t weight = 0;
};

/// How to draw a graph from left to right.
struct Ranking {
    std::vector<std::uint32_t>
        rank;                ///< by node; over every arrow that does not lead back it grows
    std::vector<bool> back;  ///< by arrow; without these there is no circle
};

/// Depth first from the nodes that nothing leads to, then from the rest in their order, the
/// heaviest arrows first: what then leads to a node whose turn is not over leads back.
[[nodiscard]] Ranking rank_nodes(std::uint32_t nodes, std::vector<Arrow> const& arrows);

}  // namespace dtrace::analysis
