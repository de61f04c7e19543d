#include "nat.hpp"

#include "rewrite.hpp"

#include <dtrace/packet/icmp.hpp>
#include <dtrace/packet/ipv4.hpp>

namespace dtrace::sim {
namespace {

bool is_icmp_error(Parcel const& reply) {
    if (reply.transport().size() < packet::IcmpHeader::size) return false;
    auto const type = std::to_integer<unsigned>(reply.transport()[0]);
    if (reply.family() == Family::ipv4)
        return reply.protocol() == packet::protocol_icmp && type != packet::icmp4::echo_reply;
    return reply.protocol() == packet::protocol_icmpv6 && type < packet::icmp6::echo_request;
}

void restore_quote(Parcel& reply, End end, IpAddress const& before, NatQuote quote) {
    if (quote == NatQuote::untouched) return;
    auto const message = reply.writable().last(reply.transport().size());
    rewrite_address(message.subspan(packet::IcmpHeader::size), end, before,
                    quote == NatQuote::restored);
    if (reply.family() == Family::ipv4)
        packet::set_icmp_checksum(message);
    else
        packet::set_icmpv6_checksum(message, reply.source().to_v6(), reply.destination().to_v6());
}

void undo_source(Parcel& reply, Translation const& done, SourceNat const& nat) {
    if (reply.destination() != done.after) return;
    reply.set_destination(done.before);
    if (is_icmp_error(reply))
        restore_quote(reply, End::source, done.before, nat.quote.value_or(NatQuote::restored));
}

void undo_destination(Parcel& reply, Translation const& done, DestinationNat const& nat) {
    bool const error = is_icmp_error(reply);
    if (reply.source() == done.after || (error && nat.masks_routers.value_or(false)))
        reply.set_source(done.before);
    if (error)
        restore_quote(reply, End::destination, done.before, nat.quote.value_or(NatQuote::restored));
}

bool is_inside(AddressKey source, SourceNat const& nat) {
    auto const& inside = nat.inside;
    return masked(source, key_length(inside.address, inside.length)) == key_of(inside.address);
}

}  // namespace

AddressKey translated_destination(Parcel const& packet, SceneNode const& node) {
    auto const& nat = node.what.destination_nat;
    if (nat && packet.destination_key() == key_of(nat->address)) return key_of(nat->to);
    return packet.destination_key();
}

void translate(Parcel& packet, NodeIndex at, SceneNode const& node,
               std::vector<Translation>& translations) {
    if (auto const to = translated_destination(packet, node); to != packet.destination_key()) {
        translations.push_back({at, false, packet.destination(), address_of(to)});
        packet.set_destination(address_of(to));
    }
    auto const& nat = node.what.source_nat;
    if (nat && nat->address != packet.source() && is_inside(packet.source_key(), *nat)) {
        translations.push_back({at, true, packet.source(), nat->address});
        packet.set_source(nat->address);
    }
}

void translate_back(Parcel& reply, NodeIndex at, SceneNode const& node,
                    std::vector<Translation>& translations) {
    while (!translations.empty() && translations.back().at == at) {
        Translation const done = translations.back();
        translations.pop_back();
        if (done.of_source)
            undo_source(reply, done, *node.what.source_nat);
        else
            undo_destination(reply, done, *node.what.destination_nat);
    }
}

}  // namespace dtrace::sim
