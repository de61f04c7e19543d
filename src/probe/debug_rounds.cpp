#include "stable_hash.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/probe/debug_rounds.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace dtrace::probe {

namespace {

/// One more number from `value`, below `limit`.
std::uint64_t draw(std::uint64_t& value, std::uint64_t limit) {
    value = mix(value);
    return value % limit;
}

/// 198.51.100.0/24, 203.0.113.0/24 (RFC 5737) and 2001:db8::/32 (RFC 3849).
IpAddress router_address(Family family, std::uint64_t path, std::uint64_t place) {
    auto const low = static_cast<std::uint8_t>(mix(path ^ place) % 254 + 1);
    auto const ttl = static_cast<std::uint8_t>(place);
    if (family == Family::ipv6) {
        IpV6::bytes_type bytes{0x20, 0x01, 0x0D, 0xB8};
        bytes[7] = ttl;
        bytes[15] = low;
        return IpV6(bytes);
    }
    if (ttl % 2 == 0) return IpV4({198, 51, 100, low});
    return IpV4({203, 0, 113, low});
}

/// The literal that was asked for, or an address of 192.0.2.0/24 or 2001:db8:ffff::/48.
IpAddress target_address(TraceRequest const& request, Family family, std::uint64_t path) {
    if (auto const literal = parse<IpAddress>(request.host)) return *literal;
    auto const low = static_cast<std::uint8_t>(path % 254 + 1);
    if (family == Family::ipv4) return IpV4({192, 0, 2, low});
    IpV6::bytes_type bytes{0x20, 0x01, 0x0D, 0xB8, 0xFF, 0xFF};
    bytes[15] = low;
    return IpV6(bytes);
}

ReplyKind arrival_kind(Method method) {
    switch (method) {
        case Method::tcp:
            return ReplyKind::syn_ack;
        case Method::icmp:
            return ReplyKind::echo_reply;
        default:
            return ReplyKind::port_unreachable;
    }
}

/// What one made-up round is about.
struct Story {
    ProbingParameters parameters;
    IpAddress target;
    std::uint64_t path = 0;    ///< the host's number: addresses and lengths come from it
    std::uint64_t dice = 0;    ///< the round's: times and losses come from it
    std::uint64_t length = 0;  ///< the target's TTL
};

Answer make_answer(Story& story, std::uint64_t flow, std::uint64_t ttl) {
    Answer answer;
    bool const arrived = ttl == story.length;
    answer.from = arrived
                      ? story.target
                      // Branches differ by flow in the middle of the path only.
                      : router_address(family_of(story.target),
                                       story.path + (ttl == story.length / 2 ? flow % 2 : 0), ttl);
    answer.name = fmt::format("{}{}.made-up.invalid", arrived ? "target" : "r", ttl);
    answer.kind = arrived ? arrival_kind(story.parameters.method) : ReplyKind::time_exceeded;
    auto const one_link_us = 300 + story.path % 4000;
    answer.rtt_us = static_cast<std::uint32_t>(ttl * one_link_us + draw(story.dice, 400));
    answer.reply_ttl = static_cast<std::uint8_t>(64 - std::min<std::uint64_t>(ttl, 63) + 1);
    return answer;
}

Path make_path(Story& story, FlowIndex flow, PacketCounts& packets) {
    auto const& parameters = story.parameters;
    Path path;
    path.flow = flow;
    if (parameters.method == Method::icmp) {
        path.icmp_checksum = static_cast<std::uint16_t>(0x4000 + flow);
    } else {
        path.source_port = static_cast<Port>(24'000 + flow);
        path.destination_port = parameters.port.value_or(default_port(parameters.method));
    }
    auto const last = std::min<std::uint64_t>(parameters.max_hops, story.length);
    auto const silent_ttl = 2 + story.path % 7;  // one router of some paths never answers
    for (std::uint64_t ttl = parameters.first_hop; ttl <= last; ++ttl) {
        Hop hop{static_cast<Ttl>(ttl), parameters.attempts, {}};
        bool const silent = ttl == silent_ttl && ttl != story.length && story.path % 3 == 0;
        for (Attempt attempt = 0; attempt < parameters.attempts; ++attempt)
            if (!silent && draw(story.dice, 100) < 98)
                hop.answers.push_back(make_answer(story, flow, ttl));
        packets.sent += hop.sent;
        packets.answered += static_cast<std::uint32_t>(hop.answers.size());
        path.reached |= ttl == story.length && !hop.answers.empty();
        path.hops.push_back(std::move(hop));
    }
    return path;
}

}  // namespace

Trace make_debug_trace(TraceRequest const& request, std::uint64_t seed, std::uint64_t round,
                       Timestamp started, Uuid const& id) {
    Story story;
    story.parameters = request.parameters;
    story.path = stable_hash(request.host) ^ mix(seed);
    story.dice = mix(story.path + round);
    story.length = std::max<std::uint64_t>(4 + story.path % 10, request.parameters.first_hop);
    auto const literal = parse<IpAddress>(request.host);
    auto const family =
        literal ? family_of(*literal) : request.parameters.family.value_or(Family::ipv4);
    story.target = target_address(request, family, story.path);

    Trace trace;
    trace.id = id;
    trace.target = {request.host, story.target};
    trace.source = request.source;
    trace.method = request.parameters.method;
    trace.started_at = started;
    for (FlowIndex flow = 0; flow < request.parameters.flows.fixed; ++flow)
        trace.paths.push_back(make_path(story, flow, trace.packets));
    std::uint32_t longest = 0;
    for (auto const& path : trace.paths)
        for (auto const& hop : path.hops)
            for (auto const& answer : hop.answers)
                longest = std::max(longest, answer.rtt_us);
    trace.took_us = longest + 1'000;
    bool const all = std::all_of(trace.paths.begin(), trace.paths.end(),
                                 [](Path const& path) { return path.reached; });
    trace.stop_reason = all ? StopReason::completed : StopReason::hop_limit;
    return trace;
}

boost::asio::awaitable<Trace> DebugRounds::trace(TraceRequest request) {
    auto const started = wall_clock_now();
    auto made = make_debug_trace(request, seed_, rounds_++, started, make_uuid_v7(started));
    bool const slept = co_await async::sleep_for(microseconds(made.took_us));
    if (!slept) {
        made.stop_reason = StopReason::cancelled;
        made.packets = {};
        made.paths.clear();
    }
    co_return made;
}

}  // namespace dtrace::probe
