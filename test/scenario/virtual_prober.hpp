#pragma once

#include <dtrace/model/measurement.hpp>
#include <dtrace/model/trace.hpp>
#include <dtrace/sim/network.hpp>

namespace dtrace::test {

struct VirtualRound {
    IpAddress source;
    IpAddress target;
    ProbingParameters parameters;
    Duration pace = microseconds(100);  ///< between two packets
};

/// Runs one round over a simulated network in virtual time, through the real encoder, decoder and
/// router: all of a probe but its sockets. The host's TCP answers an unexpected SYN-ACK with RST.
[[nodiscard]] Trace run_virtual(sim::Network& network, VirtualRound const& request,
                                TimePoint start);

/// The packet that `flow` of such a round sends with `ttl`, for Network::path_of.
[[nodiscard]] std::vector<std::byte> virtual_packet(Flow const& flow, Ttl ttl);

}  // namespace dtrace::test
