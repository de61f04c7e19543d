#pragma once

#include <dtrace/analysis/evidence.hpp>
#include <dtrace/analysis/loss_verdict.hpp>
#include <dtrace/core/ip.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dtrace::formats {

/// All packets of a flow to one hop.
struct HopSums {
    std::vector<IpAddress> from;  ///< none: silent; several: packets of the flow are spread
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
};
BOOST_DESCRIBE_STRUCT(HopSums, (), (from, sent, answered))

/// A flow on one of its paths, over all rounds.
struct FlowSums {
    std::uint16_t port = 0;  ///< source port; of ICMP the checksum
    std::uint32_t path = 0;  ///< equal for flows that went the same way
    bool suspect = false;    ///< it crosses a culprit, or ends before one
    bool reached = false;
    std::vector<HopSums> hops;  ///< from the first TTL
};
BOOST_DESCRIBE_STRUCT(FlowSums, (), (port, path, suspect, reached, hops))

/// What the evidence holds of each flow, flows of one path together, paths in order of their first
/// flow.
[[nodiscard]] std::vector<FlowSums> flow_sums(analysis::Evidence const& evidence,
                                              analysis::LossVerdict const& verdict);

/// Names by address, as far as they are known.
using HostNames = std::map<IpAddress, std::string>;

/// "?" for a silent hop; "a|b" where several answer. Nothing that a terminal could take for a
/// command.
[[nodiscard]] std::string hop_name(HopSums const& hop, HostNames const& names);

}  // namespace dtrace::formats
