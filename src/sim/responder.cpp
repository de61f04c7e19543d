#include "responder.hpp"

#include <dtrace/packet/tcp.hpp>

namespace dtrace::sim {

packet::ByteView Responder::answer(Scene const& scene, Parcel const& packet, Intent const& intent,
                                   Trip& trip, TimePoint now, Chance& chance, NodeCount& count) {
    SceneNode const& node = scene.node(trip.at);
    if (intent.kind == Intent::withheld ||
        chance.happens(1 - node.what.answer_probability.value_or(1))) {
        ++count.withheld;
        return {};
    }
    if (intent.kind == Intent::error &&
        !limiter_.allows(trip.at, node, packet.source_key(), now + trip.elapsed)) {
        ++count.rate_limited;
        return {};
    }
    ReplyBytes::Outer const outer{
        .source = intent.from,
        .destination = packet.source(),
        .ttl = node.what.reply_ttl.value_or(node.host ? 64 : 255),
        .id = static_cast<std::uint16_t>(chance.number()),
    };
    packet::ByteView reply;
    switch (intent.kind) {
        case Intent::error:
            reply = bytes_.icmp_error(outer, intent.icmp, node.what, packet);
            break;
        case Intent::echo:
            reply = bytes_.echo_reply(outer, packet);
            break;
        default:
            reply = answer_segment(packet, intent, outer, now + trip.elapsed, chance);
            break;
    }
    if (reply.empty()) return {};
    ++count.answered;
    if (chance.happens(node.what.answer_loss.value_or(0))) {
        ++count.answers_lost;
        return {};
    }
    trip.elapsed += microseconds(node.what.answer_delay_us.value_or(0)) +
                    chance.up_to(node.what.answer_jitter_us.value_or(0));
    return reply;
}

packet::ByteView Responder::answer_segment(Parcel const& packet, Intent const& intent,
                                           ReplyBytes::Outer const& outer, TimePoint now,
                                           Chance& chance) {
    auto const header = packet::TcpHeader::parse(packet.transport());
    if (!header) return {};
    Listener::Ends const ends{.client = packet.source_key(),
                              .server = packet.destination_key(),
                              .client_port = header->source_port,
                              .server_port = header->destination_port};
    auto const segment =
        intent.listens
            ? listener_.answer(ends, *header, static_cast<std::uint32_t>(chance.number()), now)
            : refuse_segment(*header);
    if (!segment) return {};
    return bytes_.tcp(outer, *header, *segment);
}

}  // namespace dtrace::sim
