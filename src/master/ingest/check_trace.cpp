#include "ingest/check_trace.hpp"

#include <dtrace/json/place.hpp>

#include <bitset>
#include <string>
#include <string_view>

namespace dtrace::master {

namespace {

using Fault = std::optional<json::Fault>;
using json::Place;

constexpr std::size_t max_paths = 256;
constexpr std::size_t max_labels = 100;
constexpr std::size_t max_name = 255;  // of DNS
constexpr std::size_t max_hints = 10;
constexpr std::size_t max_packet = 65'535;
constexpr std::size_t max_error = 2000;
constexpr std::uint32_t max_sent = 10'000;  // packets per hop
constexpr std::size_t max_heard = 4096;
constexpr std::uint32_t max_rtt_us = 600'000'000;
constexpr std::uint64_t max_took_us = 86'400'000'000;
constexpr Timestamp first_day = std::chrono::sys_days(std::chrono::year(2020) / 1 / 1);

Fault fault_in(Place const& at, std::string reason) {
    return json::Fault{at.text(), std::move(reason)};
}

Fault check_text(std::string_view text, std::size_t longest, Place const& at) {
    if (text.size() <= longest) return std::nullopt;
    return fault_in(at, "must have at most " + std::to_string(longest) + " bytes");
}

/// More than a packet can carry is not what a router said.
Fault check_extensions(Answer const& answer, Place const& at) {
    if (answer.interfaces) {
        Place const interfaces = at.member("interfaces");
        if (answer.interfaces->size() > max_labels)
            return fault_in(interfaces, "must be at most 100");
        for (std::size_t i = 0; i < answer.interfaces->size(); ++i)
            if (auto const& name = (*answer.interfaces)[i].name)
                if (auto fault = check_text(*name, max_name, interfaces.element(i).member("name")))
                    return fault;
    }
    if (answer.node && answer.node->name)
        if (auto fault = check_text(*answer.node->name, max_name, at.member("node").member("name")))
            return fault;
    if (!answer.objects) return std::nullopt;
    if (answer.objects->size() > max_labels)
        return fault_in(at.member("objects"), "must be at most 100");
    std::size_t bytes = 0;
    for (auto const& object : *answer.objects)
        bytes += object.payload.bytes.size();
    if (bytes > max_packet) return fault_in(at.member("objects"), "must have at most 65535 bytes");
    return std::nullopt;
}

Fault check_answer(Answer const& answer, Place const& at) {
    if (answer.from.is_unspecified()) return fault_in(at.member("from"), "must not be unspecified");
    if (answer.name)
        if (auto fault = check_text(*answer.name, max_name, at.member("name"))) return fault;
    if (answer.rtt_us > max_rtt_us)
        return fault_in(at.member("rtt_us"), "must be at most 600000000");
    if (answer.labels && answer.labels->size() > max_labels)
        return fault_in(at.member("labels"), "must be at most 100");
    return check_extensions(answer, at);
}

Fault check_hop(Hop const& hop, Place const& at) {
    if (hop.ttl < 1 || hop.ttl > max_ttl) return fault_in(at.member("ttl"), "must be 1 to 127");
    if (hop.sent > max_sent) return fault_in(at.member("sent"), "must be at most 10000");
    Place const answers = at.member("answers");
    if (hop.tunnel_hints && hop.tunnel_hints->size() > max_hints)
        return fault_in(at.member("tunnel_hints"), "must be at most 10");
    if (hop.answers.size() > hop.sent)
        return fault_in(answers, "must not be more than the packets sent");
    for (std::size_t i = 0; i < hop.answers.size(); ++i)
        if (auto fault = check_answer(hop.answers[i], answers.element(i))) return fault;
    return std::nullopt;
}

Fault check_path(Path const& path, Place const& at) {
    Place const hops = at.member("hops");
    for (std::size_t i = 0; i < path.hops.size(); ++i) {
        Place const place = hops.element(i);
        if (auto fault = check_hop(path.hops[i], place)) return fault;
        if (i > 0 && path.hops[i].ttl != path.hops[i - 1].ttl + 1)
            return fault_in(place.member("ttl"), "must follow the one before");
    }
    return std::nullopt;
}

Fault check_paths(Trace const& trace, Place const& at) {
    if (trace.paths.size() > max_paths) return fault_in(at, "must be at most 256");
    std::bitset<max_paths> seen;
    for (std::size_t i = 0; i < trace.paths.size(); ++i) {
        auto const flow = trace.paths[i].flow;
        Place const place = at.element(i);
        if (flow >= max_paths) return fault_in(place.member("flow"), "must be 0 to 255");
        if (seen[flow]) return fault_in(place.member("flow"), "stands here twice");
        seen[flow] = true;
        if (auto fault = check_path(trace.paths[i], place)) return fault;
    }
    return std::nullopt;
}

Fault check_counts(Trace const& trace, Place const& at) {
    std::uint64_t sent = 0;
    for (auto const& path : trace.paths)
        for (auto const& hop : path.hops)
            sent += hop.sent;
    if (sent > trace.packets.sent)
        return fault_in(at.member("sent"), "must not be less than what the hops say");
    if (trace.packets.answered > trace.packets.sent)
        return fault_in(at.member("answered"), "must not be more than the packets sent");
    return std::nullopt;
}

Fault check_multipath(Trace const& trace, Place const& at) {
    if (!trace.multipath) return std::nullopt;
    if (trace.multipath->confidence > 100)
        return fault_in(at.member("confidence"), "must be at most 100");
    if (trace.multipath->hops.size() > max_ttl)
        return fault_in(at.member("hops"), "must be at most 127");
    return std::nullopt;
}

Fault check_heard(Trace const& trace, Place const& at) {
    if (!trace.heard) return std::nullopt;
    milliseconds const listened(trace.heard->listened_ms);
    if (listened < heard_settled || listened > longest_heard)
        return fault_in(at.member("listened_ms"), "must be 2000 to 600000");
    Place const flows = at.member("flows");
    if (trace.heard->flows.size() > max_heard) return fault_in(flows, "must be at most 4096");
    for (std::size_t i = 0; i < trace.heard->flows.size(); ++i) {
        auto const& flow = trace.heard->flows[i];
        Place const place = flows.element(i);
        if (flow.packets > max_sent)
            return fault_in(place.member("packets"), "must be at most 10000");
        milliseconds const ago(flow.ago_ms);
        if (ago < heard_settled || ago > listened)
            return fault_in(place.member("ago_ms"), "must be 2000 to listened_ms");
    }
    return std::nullopt;
}

Fault check_times(Trace const& trace, Place const& root, Timestamp now) {
    Place const started = root.member("started_at");
    if (trace.started_at > now + std::chrono::days(1))
        return fault_in(started, "is more than a day ahead of the master's clock");
    if (trace.started_at < first_day) return fault_in(started, "must not be before 2020");
    if (trace.took_us > max_took_us)
        return fault_in(root.member("took_us"), "must be at most 86400000000");
    return std::nullopt;
}

}  // namespace

std::optional<json::Fault> find_fault(Trace const& trace, Timestamp now) {
    Place const root;
    if (trace.id.bytes[6] >> 4 != 7 || trace.id.bytes[8] >> 6 != 2)
        return fault_in(root.member("id"), "must be a UUID of version 7");
    if (auto fault = check_times(trace, root, now)) return fault;
    Place const target = root.member("target");
    if (trace.target.host.empty()) return fault_in(target.member("host"), "must not be empty");
    if (auto fault = check_text(trace.target.host, max_name, target.member("host"))) return fault;
    if (trace.measurement)
        if (auto fault = check_text(trace.measurement->name, max_name,
                                    root.member("measurement").member("name")))
            return fault;
    if (trace.error)
        if (auto fault = check_text(*trace.error, max_error, root.member("error"))) return fault;
    if (auto fault = check_paths(trace, root.member("paths"))) return fault;
    if (auto fault = check_multipath(trace, root.member("multipath"))) return fault;
    if (auto fault = check_heard(trace, root.member("heard"))) return fault;
    return check_counts(trace, root.member("packets"));
}

}  // namespace dtrace::master
