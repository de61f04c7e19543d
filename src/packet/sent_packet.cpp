#include "identity.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/ipv6.hpp>
#include <dtrace/packet/sent_packet.hpp>
#include <dtrace/packet/tcp.hpp>
#include <dtrace/packet/udp.hpp>

#include <utility>

namespace dtrace::packet {

namespace {

/// The packet's addresses and what its IP header tells; `flow` is not complete yet.
struct IpPart {
    SentPacket packet{};
    std::uint8_t protocol = 0;
    std::uint16_t id = 0;
};

std::optional<IpPart> read_ipv4(ByteView bytes) {
    auto const ip = Ipv4Header::parse(bytes);
    if (!ip || !header_intact(*ip, bytes) || ip->total_length != bytes.size() ||
        ip->more_fragments || ip->fragment_offset != 0)
        return std::nullopt;
    IpPart part{.protocol = ip->protocol, .id = ip->id};
    part.packet.flow.source = ip->source;
    part.packet.flow.destination = ip->destination;
    part.packet.ttl = ip->ttl;
    part.packet.tos = ip->tos;
    part.packet.transport = bytes.subspan(ip->header_size);
    return part;
}

std::optional<IpPart> read_ipv6(ByteView bytes) {
    auto const ip = Ipv6Header::parse(bytes);
    if (!ip || ip->payload_length + Ipv6Header::size != bytes.size()) return std::nullopt;
    IpPart part{.protocol = ip->next_header};
    part.packet.flow.source = ip->source;
    part.packet.flow.destination = ip->destination;
    part.packet.ttl = ip->hop_limit;
    part.packet.tos = ip->traffic_class;
    part.packet.flow_label = ip->flow_label;
    part.packet.transport = bytes.subspan(Ipv6Header::size);
    return part;
}

bool checksum_true(IpPart const& part) {
    auto const& [flow, ttl, tos, label, sealed, transport] = part.packet;
    std::uint32_t sum = sum_words(transport);
    if (part.protocol != protocol_icmp)
        sum += pseudo_header_sum(flow.source, flow.destination, part.protocol,
                                 static_cast<std::uint32_t>(transport.size()));
    return fold(sum) == 0xFFFF;
}

/// The method's own conditions, beyond what makes the transport header recognisable.
bool well_formed(IpPart const& part, Identity const& identity) {
    auto const transport = part.packet.transport;
    if (identity.method == Method::tcp) {
        auto const tcp = TcpHeader::parse(transport);
        if (!tcp || tcp->header_size > transport.size()) return false;
        if ((tcp->flags & (tcp_syn | tcp_ack | tcp_rst)) != tcp_syn) return false;
    }
    if (identity.method == Method::udp) {
        auto const udp = UdpHeader::parse(transport);
        if (!udp || udp->length != transport.size()) return false;
        // Over IPv4 a sender may leave the checksum out.
        if (udp->checksum == 0) return part.packet.flow.source.is_v4();
    }
    return checksum_true(part);
}

}  // namespace

std::optional<SentPacket> parse_sent(ByteView bytes) {
    auto part = read_ipv4(bytes);
    Family const family = part ? Family::ipv4 : Family::ipv6;
    if (!part) part = read_ipv6(bytes);
    if (!part) return std::nullopt;
    auto const identity = read_identity(family, part->protocol, part->packet.transport, part->id);
    if (!identity || !well_formed(*part, *identity)) return std::nullopt;
    SentPacket packet = std::move(part->packet);
    packet.flow.method = identity->method;
    packet.flow.id = identity->id;
    packet.flow.destination_port = identity->destination_port;
    packet.sealed = identity->tag.value;
    return packet;
}

}  // namespace dtrace::packet
