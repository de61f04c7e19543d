#pragma once

#include <dtrace/analysis/evidence.hpp>

#include <cstddef>

namespace dtrace::test {

/// The rule by which fbtracert calls a flow lossy, from its description: some hop answers a greater
/// share of its packets than every hop behind it, and at least two hops are behind it. A hop to
/// which nothing was sent compares as lower. For comparison only.
inline bool fbtracert_flags(analysis::FlowPath const& path) {
    auto const lower = [&](std::size_t behind, std::size_t hop) {
        auto const& a = path.hops[behind];
        auto const& b = path.hops[hop];
        return a.sent == 0 ||
               std::uint64_t{a.answered} * b.sent < std::uint64_t{b.answered} * a.sent;
    };
    for (std::size_t hop = 0; hop + 2 < path.hops.size(); ++hop) {
        bool all_lower = true;
        for (std::size_t behind = hop + 1; behind < path.hops.size(); ++behind)
            all_lower = all_lower && lower(behind, hop);
        if (all_lower) return true;
    }
    return false;
}

}  // namespace dtrace::test
