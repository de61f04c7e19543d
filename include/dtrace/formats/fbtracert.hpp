#pragma once

#include <dtrace/formats/flow_sums.hpp>

#include <string>
#include <vector>

namespace dtrace::formats {

/// What `fbtracert -jsonOutput` prints: by source port the names of the hops, "?" where nobody
/// answers, and packets sent and received. A flow that changed its path stands there once, on the
/// path that most of its packets took. With `all` every flow, else those that cross a culprit.
[[nodiscard]] std::string to_fbtracert(std::vector<FlowSums> const& flows, HostNames const& names,
                                       bool all);

}  // namespace dtrace::formats
