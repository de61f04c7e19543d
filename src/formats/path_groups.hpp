#pragma once

#include <dtrace/model/trace.hpp>

#include <vector>

namespace dtrace::formats {

/// Flows that may have taken the same path: no hop at which two of them heard different routers.
/// The pointers lead into the paths given to group_paths.
struct PathGroup {
    std::vector<Path const*> members;
    /// The path by TTL: of all members' hops at one TTL, the one with the most answers.
    std::vector<Hop const*> hops;
};

/// Every path is in exactly one group, the first that it fits; groups in order of their first flow.
[[nodiscard]] std::vector<PathGroup> group_paths(std::vector<Path> const& paths);

}  // namespace dtrace::formats
