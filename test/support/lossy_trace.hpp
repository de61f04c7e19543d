#pragma once

#include "lossy_network.hpp"

#include <dtrace/model/trace.hpp>

#include <vector>

namespace dtrace::test {

/// One round of all flows of `network`, which have one probe and one target, as the trace that the
/// probe would report.
inline Trace lossy_round(LossyNetwork& network, unsigned attempts) {
    analysis::Evidence evidence;
    std::vector<analysis::Evidence::Share> shares;
    network.run(evidence, 1, attempts, &shares);
    auto const target = LossyNetwork::address(network.flows().front().target);
    Trace trace;
    trace.target = {.host = "target", .address = target};
    for (auto const& share : shares) {
        auto const flow = static_cast<FlowIndex>(trace.paths.size());
        Path path{.flow = flow,
                  .source_port = static_cast<Port>(24'000 + flow),
                  .destination_port = Port{33'434},
                  .icmp_checksum = {},
                  .reached = evidence.paths()[share.path].reached,
                  .hops = {}};
        for (auto const& counts : share.hops) {
            Hop hop{
                .ttl = static_cast<Ttl>(path.hops.size() + 1), .sent = counts.sent, .answers = {}};
            for (std::uint32_t answer = 0; answer < counts.answered; ++answer) {
                auto const& from = evidence.nodes()[counts.node].addresses.front();
                hop.answers.push_back({.from = from,
                                       .name = {},
                                       .kind = from == target ? ReplyKind::port_unreachable
                                                              : ReplyKind::time_exceeded});
            }
            path.hops.push_back(std::move(hop));
        }
        trace.paths.push_back(std::move(path));
    }
    return trace;
}

}  // namespace dtrace::test
