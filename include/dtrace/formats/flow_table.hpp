#pragma once

#include <dtrace/formats/flow_sums.hpp>

#include <string>
#include <vector>

namespace dtrace::formats {

/// Packets sent and received by hop and flow, as fbtracert prints them: flows side by side, a few
/// to a table. With `all` every flow, else those that cross a culprit.
[[nodiscard]] std::string to_flow_table(std::vector<FlowSums> const& flows, HostNames const& names,
                                        bool all);

}  // namespace dtrace::formats
