#pragma once

#include <dtrace/packet/decode_reply.hpp>
#include <dtrace/packet/ipv4.hpp>

#include <optional>

namespace dtrace::packet {

/// What an IPv4 packet carries that came in whole.
struct Ipv4Payload {
    Ipv4Header header;
    ByteView bytes;
};

inline std::optional<Ipv4Payload> ipv4_payload(Datagram const& datagram) {
    auto const ip = Ipv4Header::parse(datagram.bytes);
    if (!ip || ip->protocol != datagram.protocol || ip->fragment_offset != 0) return std::nullopt;
    if (ip->total_length < ip->header_size || ip->total_length > datagram.bytes.size())
        return std::nullopt;
    return Ipv4Payload{*ip, datagram.bytes.first(ip->total_length).subspan(ip->header_size)};
}

}  // namespace dtrace::packet
