#include "path_groups.hpp"

#include <dtrace/formats/traceroute_text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace dtrace::formats {

namespace {

/// Names come from the network: what a terminal could take for a command is not passed on.
std::string printable(std::string_view name) {
    std::string text(name);
    std::ranges::replace_if(
        text, [](unsigned char c) { return c <= ' ' || c >= 0x7F; }, '?');
    return text;
}

/// The remark behind a time, with its leading space; other codes of "unreachable" by family.
std::string mark(Answer const& answer) {
    switch (answer.kind) {
        case ReplyKind::host_unreachable:
            return " !H";
        case ReplyKind::net_unreachable:
            return " !N";
        case ReplyKind::prohibited:
            return " !X";
        case ReplyKind::other_unreachable:
            break;
        default:
            return {};
    }
    if (answer.mtu) return fmt::format(" !F-{}", *answer.mtu);
    int const code = answer.icmp_code.value_or(0);
    if (answer.from.is_v4() && code == 2) return " !P";
    if (answer.from.is_v4() && code == 5) return " !S";
    if (answer.from.is_v4() && code == 14) return " !V";
    if (answer.from.is_v4() && code == 15) return " !C";
    return fmt::format(" !<{}>", code);
}

/// Who answered: " name (address) <MPLS:…>", one object per label as `traceroute -e` has it.
std::string who(Answer const& answer, bool names) {
    auto const address = to_text(answer.from);
    auto text = names ? fmt::format(" {} ({})", printable(answer.name.value_or(address)), address)
                      : ' ' + address;
    if (!answer.labels || answer.labels->empty()) return text;
    char const* separator = " <MPLS:";
    for (auto const& label : *answer.labels) {
        text += fmt::format("{}L={},E={},S={},T={}", separator, label.label, label.traffic_class,
                            label.bottom ? 1 : 0, label.ttl);
        separator = "/";
    }
    return text + '>';
}

/// Who is said again only where it changes within the line.
std::string hop_line(Hop const& hop, bool names) {
    auto line = fmt::format("{:2} ", hop.ttl);
    Answer const* before = nullptr;
    for (auto const& answer : hop.answers) {
        if (!before || before->from != answer.from || before->labels != answer.labels)
            line += who(answer, names);
        line += fmt::format("  {}.{:03} ms{}", answer.rtt_us / 1000, answer.rtt_us % 1000,
                            mark(answer));
        before = &answer;
    }
    for (std::size_t i = hop.answers.size(); i < hop.sent; ++i)
        line += " *";
    return line + '\n';
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
            if (hop->sent > 0) text += hop_line(*hop, options.names);
    }
    return text + last_line(trace);
}

}  // namespace dtrace::formats
