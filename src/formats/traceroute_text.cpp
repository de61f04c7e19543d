#include "answer_text.hpp"
#include "path_groups.hpp"

#include <dtrace/formats/traceroute_text.hpp>

#include <fmt/format.h>

#include <vector>

namespace dtrace::formats {

namespace {

/// Who answered: " name (address) [AS64500] <MPLS:…>".
std::string who(Answer const& answer, TextOptions const& options) {
    auto const address = to_text(answer.from);
    auto text = options.names
                    ? fmt::format(" {} ({})", printable(answer.name.value_or(address)), address)
                    : ' ' + address;
    if (auto const network = options.networks.find(answer.from); network != options.networks.end())
        text += fmt::format(" [AS{}]", network->second);
    return text + attachments(answer);
}

/// Who is said again only where it changes within the line.
std::string hop_line(Hop const& hop, TextOptions const& options) {
    auto line = fmt::format("{:2} ", hop.ttl);
    Answer const* before = nullptr;
    for (auto const& answer : hop.answers) {
        if (!before || !same_sender(*before, answer)) line += who(answer, options);
        line += fmt::format("  {}.{:03} ms{}", answer.rtt_us / 1000, answer.rtt_us % 1000,
                            error_mark(answer));
        before = &answer;
    }
    for (std::size_t i = hop.answers.size(); i < hop.sent; ++i)
        line += " *";
    return line + tunnel_text(hop) + '\n';
}

/// "24000-24002, 24007"
std::string ranges(std::vector<unsigned> const& numbers) {
    std::string text;
    for (std::size_t first = 0; first < numbers.size();) {
        std::size_t last = first;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1)
            ++last;
        if (!text.empty()) text += ", ";
        text += first == last ? fmt::format("{}", numbers[first])
                              : fmt::format("{}-{}", numbers[first], numbers[last]);
        first = last + 1;
    }
    return text;
}

std::string first_line(Trace const& trace, TextOptions const& options) {
    auto line = fmt::format("traceroute to {}", printable(trace.target.host));
    if (trace.target.address) line += fmt::format(" ({})", to_text(*trace.target.address));
    if (options.max_hops) line += fmt::format(", {} hops max", *options.max_hops);
    if (options.bytes) line += fmt::format(", {} byte packets", *options.bytes);
    return line + '\n';
}

/// "path 1 of 2: flows 0-2, 5, source ports 24000-24002, 24005"
std::string path_line(PathGroup const& group, std::size_t number, std::size_t count) {
    std::vector<unsigned> flows;
    std::vector<unsigned> ports;
    std::string checksums;
    for (Path const* path : group.members) {
        flows.push_back(path->flow);
        if (path->source_port) ports.push_back(*path->source_port);
        if (path->icmp_checksum)
            checksums +=
                fmt::format("{}{:04x}", checksums.empty() ? "" : ", ", *path->icmp_checksum);
    }
    auto line = fmt::format("path {} of {}: flow{} {}", number, count, flows.size() > 1 ? "s" : "",
                            ranges(flows));
    if (!ports.empty())
        line += fmt::format(", source port{} {}", ports.size() > 1 ? "s" : "", ranges(ports));
    if (!checksums.empty()) line += fmt::format(", checksum {}", checksums);
    return line + '\n';
}

/// "hop 2: 4 routers, balancing per_flow, 21 flows", and how sure that is.
std::string balancing_lines(Trace const& trace) {
    if (!trace.multipath) return {};
    auto const& multipath = *trace.multipath;
    std::string text;
    for (auto const& hop : multipath.hops)
        text += fmt::format("hop {}: {} routers, balancing {}, {} flows\n", hop.ttl, hop.routers,
                            to_text(hop.balancing), hop.flows);
    if (multipath.hops.empty()) text = "no hop with several routers\n";
    return text + fmt::format("multipath: {} % confidence, {} packets{}\n", multipath.confidence,
                              multipath.discovery_packets + multipath.repeated_packets,
                              multipath.complete ? "" : ", not complete");
}

/// What no reader must take for loss in the network.
std::string own_losses_line(Trace const& trace) {
    auto const dropped = trace.packets.receiver_dropped;
    if (dropped == 0) return {};
    return fmt::format("{} repl{} found no room in this host's receive buffers\n", dropped,
                       dropped == 1 ? "y" : "ies");
}

std::string last_line(Trace const& trace) {
    if (trace.stop_reason == StopReason::completed) return {};
    auto line = fmt::format("stop reason: {}", to_text(trace.stop_reason));
    if (trace.error) line += fmt::format(": {}", *trace.error);
    return line + '\n';
}

}  // namespace

std::string to_traceroute_text(Trace const& trace, TextOptions const& options) {
    auto text = first_line(trace, options);
    auto const groups = group_paths(trace.paths);
    std::size_t number = 0;
    for (auto const& group : groups) {
        ++number;
        if (trace.paths.size() > 1) text += path_line(group, number, groups.size());
        for (Hop const* hop : group.hops)
            if (hop->sent > 0) text += hop_line(*hop, options);
    }
    return text + balancing_lines(trace) + own_losses_line(trace) + last_line(trace);
}

}  // namespace dtrace::formats
