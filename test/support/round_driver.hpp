#pragma once

#include <dtrace/engine/round.hpp>
#include <dtrace/packet/tag.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <vector>

namespace dtrace::test {

/// A reply to one packet and how long it takes.
struct ScriptedReply {
    Duration delay;
    Reply reply;
};
/// What the network answers to a packet sent at a time: nothing, one reply or several.
using Script = std::function<std::vector<ScriptedReply>(Flow const&, Packet, TimePoint sent)>;

struct DrivenRound {
    Trace trace;
    std::vector<Packet> sent;
    Duration took;
    engine::PathMemory learned;
};

using Look = std::function<void(engine::Round const&, TimePoint now)>;

/// Runs a round against a script in virtual time, one packet each `pace`. `look`: before each step.
inline DrivenRound drive(engine::Plan const& plan, std::vector<Flow> const& flows,
                         Script const& script, Duration pace = microseconds(100),
                         Look const& look = {}) {
    TimePoint const start{seconds(1000)};
    TimePoint now = start;
    engine::Round round(plan, flows, start);
    struct Arrival {
        FlowIndex flow;
        Ttl ttl;
        Reply reply;
    };
    std::multimap<TimePoint, Arrival> arrivals;
    std::vector<Packet> sent;
    std::uint32_t next_tag = 1;
    auto const deliver_until = [&](TimePoint time) {
        while (!arrivals.empty() && arrivals.begin()->first <= time) {
            auto const arrival = arrivals.extract(arrivals.begin());
            now = std::max(now, arrival.key());
            round.on_reply({.flow = arrival.mapped().flow,
                            .ttl = arrival.mapped().ttl,
                            .reply = arrival.mapped().reply,
                            .ticks = packet::ticks_of(now)});
        }
    };
    for (;;) {
        if (look) look(round, now);
        auto const action = round.next(now);
        if (action.kind == engine::Action::Kind::send) {
            Packet const packet = action.packet;
            std::uint32_t const tag = next_tag++;
            round.on_sent(packet, tag, now);
            sent.push_back(packet);
            for (auto& scripted : script(flows[packet.flow], packet, now)) {
                scripted.reply.received = now + scripted.delay;
                scripted.reply.tag = {.value = tag, .complete = true};
                arrivals.emplace(now + scripted.delay,
                                 Arrival{packet.flow, packet.ttl, scripted.reply});
            }
            deliver_until(now + pace);
            now = std::max(now, sent.empty() ? now : now + pace);
        } else if (action.kind == engine::Action::Kind::wait) {
            if (!arrivals.empty() && arrivals.begin()->first <= action.until)
                deliver_until(arrivals.begin()->first);
            else
                now = std::max(now, action.until);
        } else {
            break;
        }
    }
    engine::TraceHeader header{
        .id = {}, .target = {"target", flows.front().destination}, .started_at = {}};
    auto learned = round.learned();
    return {.trace = std::move(round).finish(header, now),
            .sent = sent,
            .took = now - start,
            .learned = std::move(learned)};
}

/// 10.0.0.<ttl>: the router at `ttl`.
inline IpAddress router(int ttl, int branch = 0) {
    return IpV4({10, 0, static_cast<std::uint8_t>(branch), static_cast<std::uint8_t>(ttl)});
}

inline Flow flow_to_target(Method method = Method::udp, std::uint16_t id = 24000) {
    return {.method = method,
            .source = IpV4({192, 0, 2, 1}),
            .destination = IpV4({198, 51, 100, 9}),
            .id = id,
            .destination_port = method == Method::icmp ? Port{0} : Port{33434}};
}

inline Reply reply_from(IpAddress from, ReplyKind kind) {
    Reply reply;
    reply.outer = {.from = std::move(from), .ttl = 64, .tos = 0};
    reply.kind = kind;
    return reply;
}

/// The packet that a round is said to send next.
inline Packet to_send(engine::Action const& action) {
    if (action.kind != engine::Action::Kind::send) throw std::logic_error("nothing to send");
    return action.packet;
}

/// A chain of `routers` routers and then the target, `per_hop` round trip for each hop.
inline Script chain(int routers, Duration per_hop,
                    ReplyKind arrival = ReplyKind::port_unreachable) {
    return [=](Flow const& flow, Packet packet, TimePoint) -> std::vector<ScriptedReply> {
        if (packet.ttl <= routers)
            return {
                {per_hop * packet.ttl, reply_from(router(packet.ttl), ReplyKind::time_exceeded)}};
        return {{per_hop * (routers + 1), reply_from(flow.destination, arrival)}};
    };
}

}  // namespace dtrace::test
