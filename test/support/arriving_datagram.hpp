#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/packet/decode_reply.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/ipv6.hpp>

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

}  // namespace dtrace::test
