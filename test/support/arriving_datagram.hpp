#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/packet/decode_reply.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/ipv6.hpp>
#include <dtrace/packet/tcp.hpp>

#include <optional>

namespace dtrace::test {

/// A whole IP packet as raw sockets hand it over: over IPv6 without the IP header.
inline std::optional<packet::Datagram> arriving_datagram(packet::ByteView whole,
                                                         TimePoint received) {
    if (auto const v4 = packet::Ipv4Header::parse(whole))
        return packet::Datagram{.bytes = whole,
                                .protocol = v4->protocol,
                                .source = v4->source,
                                .hop_limit = v4->ttl,
                                .traffic_class = v4->tos,
                                .received = received};
    if (auto const v6 = packet::Ipv6Header::parse(whole))
        return packet::Datagram{.bytes = whole.subspan(packet::Ipv6Header::size),
                                .protocol = v6->next_header,
                                .source = v6->source,
                                .hop_limit = v6->hop_limit,
                                .traffic_class = v6->traffic_class,
                                .received = received};
    return {};
}

/// What a prober's sockets let through: ICMP, and of TCP only resets and SYN-ACKs.
inline bool passes_socket_filter(packet::ByteView whole) {
    auto const datagram = arriving_datagram(whole, {});
    if (!datagram) return false;
    bool const v4 = datagram->source.is_v4();
    if (datagram->protocol != packet::protocol_tcp)
        return datagram->protocol == (v4 ? packet::protocol_icmp : packet::protocol_icmpv6);
    auto const header = packet::TcpHeader::parse(whole.subspan(v4 ? 20 : 40));
    constexpr std::uint8_t syn_ack = packet::tcp_syn | packet::tcp_ack;
    return header && (header->flags & packet::tcp_rst || (header->flags & syn_ack) == syn_ack);
}

}  // namespace dtrace::test
