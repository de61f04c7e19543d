#include "identity.hpp"
#include "ipv4_payload.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/decode_reply.hpp>
#include <dtrace/packet/icmp.hpp>
#include <dtrace/packet/icmp_extension.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/ipv6.hpp>
#include <dtrace/packet/tcp.hpp>

#include <algorithm>

namespace dtrace::packet {

namespace {

Reply begin_reply(Datagram const& datagram) {
    Reply reply;
    reply.received = datagram.received;
    reply.outer = {datagram.source, datagram.hop_limit, datagram.traffic_class};
    return reply;
}

/// RFC 792, 1122 § 3.2.2.1 and 1812 § 5.2.7.1.
ReplyKind unreachable_kind_v4(std::uint8_t code) {
    switch (code) {
        case 0:
        case 6:
        case 11:
            return ReplyKind::net_unreachable;
        case 1:
        case 7:
        case 8:
        case 12:
            return ReplyKind::host_unreachable;
        case 3:
            return ReplyKind::port_unreachable;
        case 9:
        case 10:
        case 13:
            return ReplyKind::prohibited;
        default:
            return ReplyKind::other_unreachable;
    }
}

/// RFC 4443 § 3.1.
ReplyKind unreachable_kind_v6(std::uint8_t code) {
    switch (code) {
        case 0:
            return ReplyKind::net_unreachable;
        case 3:
            return ReplyKind::host_unreachable;
        case 4:
            return ReplyKind::port_unreachable;
        case 1:
        case 5:
        case 6:
            return ReplyKind::prohibited;
        default:
            return ReplyKind::other_unreachable;
    }
}

/// What the ICMP header alone tells of an error.
struct ErrorMeaning {
    ReplyKind kind = ReplyKind::time_exceeded;
    bool may_extend = false;       ///< RFC 4884 has it among the extensible messages
    std::size_t stated_quote = 0;  ///< bytes, RFC 4884; 0: not stated
    std::uint16_t mtu = 0;
};

/// Time exceeded with another code than 0 is about reassembly: an oddity, no hop.
ReplyKind time_exceeded_kind(std::uint8_t code) {
    return code == 0 ? ReplyKind::time_exceeded : ReplyKind::other;
}

std::optional<ErrorMeaning> error_meaning_v4(IcmpHeader const& icmp) {
    ErrorMeaning meaning{.may_extend = true, .stated_quote = (icmp.rest >> 16 & 0xFF) * 4};
    switch (icmp.type) {
        case icmp4::time_exceeded:
            meaning.kind = time_exceeded_kind(icmp.code);
            return meaning;
        case icmp4::unreachable:
            meaning.kind = unreachable_kind_v4(icmp.code);
            if (icmp.code == icmp4::fragmentation_needed) meaning.mtu = icmp.sequence();
            return meaning;
        case icmp4::parameter_problem:
            meaning.kind = ReplyKind::other;
            return meaning;
        case icmp4::source_quench:
            return ErrorMeaning{.kind = ReplyKind::other};
        default:
            return std::nullopt;
    }
}

std::optional<ErrorMeaning> error_meaning_v6(IcmpHeader const& icmp) {
    std::size_t const stated = (icmp.rest >> 24) * 8;
    switch (icmp.type) {
        case icmp6::time_exceeded:
            return ErrorMeaning{time_exceeded_kind(icmp.code), true, stated};
        case icmp6::unreachable:
            return ErrorMeaning{unreachable_kind_v6(icmp.code), true, stated};
        case icmp6::packet_too_big:
            return ErrorMeaning{
                .kind = ReplyKind::other_unreachable,
                .mtu = static_cast<std::uint16_t>(std::min<std::uint32_t>(icmp.rest, 0xFFFF))};
        case icmp6::parameter_problem:
            // What a host says that does not know our protocol: it is unreachable by it.
            return ErrorMeaning{icmp.code == icmp6::unknown_next_header
                                    ? ReplyKind::other_unreachable
                                    : ReplyKind::other};
        default:
            return std::nullopt;
    }
}

void set_flow(Reply& reply, Identity const& identity, IpAddress const& source,
              IpAddress const& destination) {
    reply.flow = {.method = identity.method,
                  .source = source,
                  .destination = destination,
                  .id = identity.id,
                  .destination_port = identity.destination_port};
    reply.tag = identity.tag;
}

/// The sum over a TCP segment of ours that is quoted as a whole. Only of a size that we send: some
/// systems quote lengths that they have changed.
std::optional<std::uint16_t> whole_sum(Identity const& identity, ByteView transport,
                                       std::size_t stated_size) {
    if (identity.method != Method::tcp || stated_size != syn_size || transport.size() < syn_size)
        return std::nullopt;
    return fold(sum_words(transport.first(syn_size)));
}

bool read_quote_v4(ByteView quote, Reply& reply) {
    auto const ip = Ipv4Header::parse(quote);
    if (!ip || ip->fragment_offset != 0) return false;
    auto const transport = quote.subspan(ip->header_size);
    auto const identity = read_identity(Family::ipv4, ip->protocol, transport, ip->id);
    if (!identity) return false;
    set_flow(reply, *identity, ip->source, ip->destination);
    reply.quoted_sum = whole_sum(*identity, transport,
                                 static_cast<std::size_t>(ip->total_length) - ip->header_size);
    reply.quoted_ttl = ip->ttl;
    reply.quoted_tos = ip->tos;
    reply.quoted_ip_id = ip->id;
    reply.quoted_checksum = identity->checksum;
    return true;
}

bool read_quote_v6(ByteView quote, Reply& reply) {
    auto const ip = Ipv6Header::parse(quote);
    if (!ip) return false;
    auto const payload = skip_extension_headers(ip->next_header, quote.subspan(Ipv6Header::size));
    if (!payload) return false;
    auto const identity = read_identity(Family::ipv6, payload->protocol, payload->bytes, 0);
    if (!identity) return false;
    set_flow(reply, *identity, ip->source, ip->destination);
    std::size_t const skipped = quote.size() - Ipv6Header::size - payload->bytes.size();
    reply.quoted_sum = whole_sum(*identity, payload->bytes, ip->payload_length - skipped);
    reply.quoted_ttl = ip->hop_limit;
    reply.quoted_tos = ip->traffic_class;
    reply.quoted_checksum = identity->checksum;
    return true;
}

std::optional<Reply> decode_error(Datagram const& datagram, Family family, IcmpHeader const& icmp,
                                  ByteView payload) {
    bool const v4 = family == Family::ipv4;
    auto const meaning = v4 ? error_meaning_v4(icmp) : error_meaning_v6(icmp);
    if (!meaning) return std::nullopt;
    auto const split =
        meaning->may_extend ? split_quote(payload, meaning->stated_quote) : SplitQuote{payload, {}};

    Reply reply = begin_reply(datagram);
    if (v4 ? !read_quote_v4(split.quote, reply) : !read_quote_v6(split.quote, reply))
        return std::nullopt;
    reply.kind = meaning->kind;
    reply.icmp_type = icmp.type;
    reply.icmp_code = icmp.code;
    reply.mtu = meaning->mtu;
    if (!split.extension.empty()) reply.extensions = parse_extension(split.extension);
    return reply;
}

/// The reply differs from the request in its type alone (and, over IPv6, in addresses that have
/// changed places, which a sum does not see): so its checksum tells the request's.
Reply decode_echo_reply(Datagram const& datagram, Family family, IcmpHeader const& icmp,
                        IpAddress const& own_address) {
    bool const v4 = family == Family::ipv4;
    auto const first_word = [](unsigned type) { return static_cast<std::uint16_t>(type << 8); };
    std::uint16_t const request_checksum =
        update_checksum(icmp.checksum, first_word(icmp.type),
                        first_word(v4 ? icmp4::echo_request : icmp6::echo_request));
    Reply reply = begin_reply(datagram);
    reply.kind = ReplyKind::echo_reply;
    reply.icmp_type = icmp.type;
    set_flow(reply, {.method = Method::icmp, .id = request_checksum, .tag = {icmp.rest, true}},
             own_address, without_scope(datagram.source));
    return reply;
}

std::optional<Reply> decode_icmp(Datagram const& datagram, Family family, ByteView message,
                                 IpAddress const& own_address) {
    auto const icmp = IcmpHeader::parse(message);
    if (!icmp) return std::nullopt;
    bool const v4 = family == Family::ipv4;
    if (v4 && fold(sum_words(message)) != 0xFFFF) return std::nullopt;
    if (icmp->type != (v4 ? icmp4::echo_reply : icmp6::echo_reply))
        return decode_error(datagram, family, *icmp, message.subspan(IcmpHeader::size));
    if (icmp->code != 0) return std::nullopt;
    return decode_echo_reply(datagram, family, *icmp, own_address);
}

/// A closed port answers RST, an open one SYN-ACK; both acknowledge our sequence number + 1.
std::optional<Reply> decode_tcp(Datagram const& datagram, ByteView segment,
                                IpAddress const& own_address) {
    auto const tcp = TcpHeader::parse(segment);
    if (!tcp || !(tcp->flags & tcp_ack)) return std::nullopt;
    bool const rst = (tcp->flags & tcp_rst) != 0;
    if (!rst && !(tcp->flags & tcp_syn)) return std::nullopt;
    Reply reply = begin_reply(datagram);
    reply.kind = rst ? ReplyKind::rst : ReplyKind::syn_ack;
    set_flow(reply,
             {.method = Method::tcp,
              .id = tcp->destination_port,
              .destination_port = tcp->source_port,
              .tag = {tcp->acknowledgment - 1, true}},
             own_address, without_scope(datagram.source));
    return reply;
}

std::optional<Reply> decode_transport(Datagram const& datagram, Family family, ByteView bytes,
                                      IpAddress const& own_address) {
    auto const icmp = family == Family::ipv4 ? protocol_icmp : protocol_icmpv6;
    if (datagram.protocol == icmp) return decode_icmp(datagram, family, bytes, own_address);
    if (datagram.protocol == protocol_tcp) return decode_tcp(datagram, bytes, own_address);
    return std::nullopt;
}

}  // namespace

std::optional<Reply> decode_reply(Datagram const& datagram) {
    if (datagram.source.is_v6())
        return decode_transport(datagram, Family::ipv6, datagram.bytes, IpV6());

    auto const ip = ipv4_payload(datagram);
    if (!ip) return std::nullopt;
    return decode_transport(datagram, Family::ipv4, ip->bytes, ip->header.destination);
}

}  // namespace dtrace::packet
