#pragma once

#include "flows.hpp"

#include <dtrace/packet/decode_reply.hpp>
#include <dtrace/packet/encode_packet.hpp>
#include <dtrace/packet/icmp.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/tcp.hpp>

#include <hex.hpp>

#include <algorithm>

namespace dtrace::test {

/// What a router or target would answer, as the wire would hand it over.
struct Answer {
    Bytes bytes;
    std::uint8_t protocol = 0;
    IpAddress from;

    [[nodiscard]] std::optional<Reply> decode() const { return decode_bytes(bytes); }
    [[nodiscard]] std::optional<Reply> decode_bytes(packet::ByteView view) const {
        return packet::decode_reply({.bytes = view,
                                     .protocol = protocol,
                                     .source = from,
                                     .hop_limit = 61,
                                     .traffic_class = 0xC0,
                                     .received = TimePoint(seconds(5))});
    }
};

inline Bytes encode(Flow const& flow, packet::Tag tag, packet::Secret const& secret) {
    packet::FlowEncoder const encoder(flow, secret, 0x20);
    Bytes out(packet::max_packet_size);
    out.resize(encoder.encode(tag, out));
    return out;
}

/// Puts an IPv4 header around a transport message, as it arrives at our host; over IPv6 the
/// message itself arrives.
inline Answer arriving(Bytes message, std::uint8_t protocol, IpAddress const& from) {
    if (from.is_v6()) return {std::move(message), protocol, from};
    Bytes bytes(packet::Ipv4Header::size);
    packet::ByteWriter out(bytes);
    packet::Ipv4Header{.tos = 0xC0,
                       .total_length = static_cast<std::uint16_t>(bytes.size() + message.size()),
                       .ttl = 61,
                       .protocol = protocol,
                       .source = from.to_v4(),
                       .destination = ip("198.51.100.1").to_v4()}
        .write(out);
    bytes.insert(bytes.end(), message.begin(), message.end());
    return {std::move(bytes), protocol, from};
}

/// An ICMP or ICMPv6 message with its checksum, from a router of the family.
inline Answer icmp_from_router(Family family, packet::IcmpHeader const& header,
                               packet::ByteView payload) {
    Bytes message(packet::IcmpHeader::size);
    packet::ByteWriter out(message);
    header.write(out);
    message.insert(message.end(), payload.begin(), payload.end());
    if (family == Family::ipv4) {
        packet::set_icmp_checksum(message);
        return arriving(std::move(message), packet::protocol_icmp, ip("203.0.113.7"));
    }
    packet::set_icmpv6_checksum(message, ip("2001:db8:7::7").to_v6(), ip("2001:db8::1").to_v6());
    return arriving(std::move(message), packet::protocol_icmpv6, ip("2001:db8:7::7"));
}

inline Answer time_exceeded(Family family, packet::ByteView quote) {
    auto const type =
        family == Family::ipv4 ? packet::icmp4::time_exceeded : packet::icmp6::time_exceeded;
    return icmp_from_router(family, {.type = type}, quote);
}

/// The quote padded with zeros to 128 bytes and followed by `extension`; `stated`: as RFC 4884
/// wants it.
inline Answer time_exceeded_with(Family family, Bytes quote, packet::ByteView extension,
                                 bool stated) {
    bool const v4 = family == Family::ipv4;
    quote.resize(128);
    quote.insert(quote.end(), extension.begin(), extension.end());
    auto const type = v4 ? packet::icmp4::time_exceeded : packet::icmp6::time_exceeded;
    return icmp_from_router(
        family, {.type = type, .rest = stated ? packet::stated_quote_length(family, 128) : 0},
        quote);
}

/// The echo reply to one of our packets: its bytes with another type.
inline Answer echo_reply(packet::ByteView sent, Flow const& flow) {
    bool const v4 = flow.source.is_v4();
    auto const transport = sent.subspan(v4 ? 20 : 40);
    Bytes message(transport.begin(), transport.end());
    message[0] = static_cast<std::byte>(v4 ? packet::icmp4::echo_reply : packet::icmp6::echo_reply);
    if (v4) {
        packet::set_icmp_checksum(message);
        return arriving(std::move(message), packet::protocol_icmp, flow.destination);
    }
    packet::set_icmpv6_checksum(message, flow.destination.to_v6(), flow.source.to_v6());
    return arriving(std::move(message), packet::protocol_icmpv6, flow.destination);
}

/// The target's answer to a SYN.
inline Answer tcp_answer(packet::ByteView sent, Flow const& flow, std::uint8_t flags) {
    auto const syn = packet::TcpHeader::parse(sent.subspan(flow.source.is_v4() ? 20 : 40));
    Bytes segment(packet::TcpHeader::size);
    packet::ByteWriter out(segment);
    packet::TcpHeader{.source_port = syn->destination_port,
                      .destination_port = syn->source_port,
                      .sequence = 0x01020304,
                      .acknowledgment = syn->sequence + 1,
                      .flags = flags}
        .write(out);
    return arriving(std::move(segment), packet::protocol_tcp, flow.destination);
}

}  // namespace dtrace::test
