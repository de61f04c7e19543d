#pragma once

#include <dtrace/analysis/loss_verdict.hpp>
#include <dtrace/core/ip.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace dtrace::analysis {

/// The addresses that each probe measures from.
using ProbeAddresses = std::map<std::string, std::set<IpAddress>>;

/// Where two probes measure each other, loss on one's way there is loss on the other's way back,
/// which shows at its target only. A culprit that stands right before another probe, and that a
/// culprit on this probe's way to the first one explains, is taken out; the one that explains it is
/// then known to be on the way there, unless it is an access, which both ways cross. Where both
/// ways take the same links nothing can be told apart. What was ambiguous at the other probe is
/// explained in the same way, and taken out too. Where targets have counted what arrived, this
/// decides: such a culprit is on the way there. One that ends at a probe explains what is ambiguous
/// at this one, to which everything comes back over it, unless a router is heard in full.
[[nodiscard]] std::vector<Culprit> tell_ways_apart(std::vector<Culprit> culprits,
                                                   std::vector<Ambiguity>& ambiguities,
                                                   ProbeAddresses const& probes);

}  // namespace dtrace::analysis
