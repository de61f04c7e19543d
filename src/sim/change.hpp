#pragma once

#include <dtrace/sim/topology.hpp>

#include <vector>

namespace dtrace::sim {

/// Every link with exactly two nodes.
[[nodiscard]] std::vector<Link> single_links(std::vector<Link> const& links);

/// Does `change` mean `link`: the same nodes in the same order, and its name if it gives one.
[[nodiscard]] bool means(Link const& change, Link const& link);

/// What `event` gives replaces what `topology`, whose links are single ones, had. Names that are
/// not there are passed over; find_fault tells them.
void apply(Event const& event, Topology& topology);

}  // namespace dtrace::sim
