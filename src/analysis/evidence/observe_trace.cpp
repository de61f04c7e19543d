#include <dtrace/analysis/evidence.hpp>

#include <algorithm>

namespace dtrace::analysis {

namespace {

/// A router's word that a packet cannot go on is no answer of the place that the packet was sent
/// to, unless nobody else answers there.
bool tells_of_failure(Answer const& answer, IpAddress const& target) {
    switch (answer.kind) {
        case ReplyKind::time_exceeded:
        case ReplyKind::echo_reply:
        case ReplyKind::syn_ack:
        case ReplyKind::rst:
            return false;
        default:
            return answer.from != target;
    }
}

HopCounts counts_of(Evidence& evidence, Hop const& hop, IpAddress const& target) {
    HopCounts counts{.sent = hop.sent};
    std::vector<IpAddress> responders;
    auto const take = [&](bool failures) {
        for (auto const& answer : hop.answers) {
            if (tells_of_failure(answer, target) != failures) continue;
            responders.push_back(answer.from);
            ++counts.answered;
        }
    };
    take(false);
    if (responders.empty()) take(true);
    counts.answered = std::min(counts.answered, counts.sent);
    if (!responders.empty()) counts.node = evidence.node(std::move(responders));
    return counts;
}

bool proves_nothing(Trace const& trace) {
    return trace.stop_reason == StopReason::error || trace.stop_reason == StopReason::cancelled ||
           !trace.target.address || trace.packets.receiver_dropped > 0;
}

}  // namespace

std::uint64_t flow_header(Method method, std::optional<Port> source_port,
                          std::optional<Port> destination_port,
                          std::optional<std::uint16_t> icmp_checksum) {
    return std::uint64_t{static_cast<std::uint8_t>(method)} << 48 |
           std::uint64_t{source_port.value_or(0)} << 32 |
           std::uint64_t{destination_port.value_or(0)} << 16 | icmp_checksum.value_or(0);
}

std::uint16_t flow_port(FlowKey const& flow) {
    auto const port = static_cast<std::uint16_t>(flow.header >> 32);
    return port != 0 ? port : static_cast<std::uint16_t>(flow.header);
}

Evidence::Receipt Evidence::add(Trace const& trace) {
    Receipt receipt;
    if (proves_nothing(trace)) {
        ++voided_;
        return receipt;
    }
    IpAddress const& target = *trace.target.address;
    FlowKey flow{.probe = probe(trace.probe), .target = node(target)};
    receipt.reserve(trace.paths.size());
    std::vector<HopCounts> hops;
    for (auto const& path : trace.paths) {
        hops.clear();
        for (auto const& hop : path.hops)
            hops.push_back(counts_of(*this, hop, target));
        flow.header =
            flow_header(trace.method, path.source_port, path.destination_port, path.icmp_checksum);
        receipt.push_back(add({.flow = flow, .reached = path.reached, .hops = hops}));
    }
    return receipt;
}

}  // namespace dtrace::analysis
