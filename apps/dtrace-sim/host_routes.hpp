#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/sim/topology.hpp>

#include <vector>

namespace dtrace::simulator {

/// All addresses of the topology's probes, those of their interfaces included.
[[nodiscard]] std::vector<IpAddress> probe_addresses(sim::Topology const& topology);

/// The blocks that the topology answers for, without `own` and without blocks inside others.
[[nodiscard]] std::vector<Prefix> simulated_blocks(sim::Topology const& topology,
                                                   std::vector<IpAddress> const& own);

/// Is this process in the network namespace of the first process of the system? Where that cannot
/// be seen: does it stand in a network already, whose routes are not ours to change?
[[nodiscard]] bool in_root_network_namespace();

}  // namespace dtrace::simulator
