#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/trace.hpp>

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::test {

/// A round as one writes it down.
struct RoundText {
    /// One for each flow, the hops separated by blanks: "*" is silent, "10.0.0.1|10.0.0.2" spread,
    /// "10.0.0.1:2" answers two packets only, "10.0.0.1@1500" after 1,500 µs. Flows that end with
    /// the target have reached it.
    std::vector<std::string> paths;
    Timestamp at{};
    std::string probe = "n1";
    std::string measurement = "m";
    std::string target = "198.51.100.9";
    std::uint32_t sent = 3;  ///< packets per hop
    std::uint16_t first_port = 24'000;
};

inline std::pair<std::string, std::string> split_at(std::string const& text, char mark) {
    auto const place = text.find(mark);
    if (place == std::string::npos) return {text, {}};
    return {text.substr(0, place), text.substr(place + 1)};
}

inline Hop hop_of(std::string const& token, Ttl ttl, std::uint32_t sent) {
    Hop hop{.ttl = ttl, .sent = sent, .answers = {}};
    if (token == "*") return hop;
    auto const [rest, answered] = split_at(token, ':');
    auto const [addresses, rtt] = split_at(rest, '@');
    std::vector<IpAddress> from;
    std::istringstream list(addresses);
    for (std::string each; std::getline(list, each, '|');)
        from.push_back(parse<IpAddress>(each).value());
    auto const count = answered.empty() ? sent : static_cast<std::uint32_t>(std::stoul(answered));
    for (std::uint32_t i = 0; i < count; ++i) {
        Answer& answer = hop.answers.emplace_back();
        answer.from = from[i % from.size()];
        answer.rtt_us = rtt.empty() ? 1000U * ttl : static_cast<std::uint32_t>(std::stoul(rtt));
        answer.reply_ttl = 60;
    }
    return hop;
}

inline Trace trace_of(RoundText const& text) {
    Trace trace;
    trace.id = make_uuid_v7(text.at);
    trace.probe = text.probe;
    trace.measurement = MeasurementName{make_uuid_from_name(text.measurement), text.measurement};
    trace.target = {text.target, parse<IpAddress>(text.target).value()};
    trace.source = parse<IpAddress>("192.0.2.1").value();
    trace.started_at = text.at;
    trace.took_us = 20'000;
    for (auto const& line : text.paths) {
        Path& path = trace.paths.emplace_back();
        path.flow = static_cast<FlowIndex>(trace.paths.size() - 1);
        path.source_port = static_cast<Port>(text.first_port + path.flow);
        path.destination_port = Port{33'434};
        std::istringstream tokens(line);
        for (std::string token; tokens >> token;) {
            path.hops.push_back(hop_of(token, static_cast<Ttl>(path.hops.size() + 1), text.sent));
            auto& hop = path.hops.back();
            trace.packets.sent += hop.sent;
            trace.packets.answered += static_cast<std::uint32_t>(hop.answers.size());
            for (auto& answer : hop.answers)
                if (answer.from == *trace.target.address) {
                    answer.kind = ReplyKind::port_unreachable;
                    path.reached = true;
                }
        }
    }
    auto const reached = std::ranges::all_of(trace.paths, &Path::reached);
    trace.stop_reason = reached ? StopReason::completed : StopReason::gap_limit;
    return trace;
}

}  // namespace dtrace::test
