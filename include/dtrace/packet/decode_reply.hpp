#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/model/reply.hpp>
#include <dtrace/packet/byte_view.hpp>

#include <cstdint>
#include <optional>

namespace dtrace::packet {

/// One packet as the wire hands it over (the same members as wire::IncomingPacket).
struct Datagram {
    /// IPv4: from the IP header on. IPv6: from the transport header on.
    ByteView bytes;
    std::uint8_t protocol = 0;  ///< ICMP, ICMPv6 or TCP; of requests UDP too
    IpAddress source;           ///< its family is the packet's
    IpV6 destination;           ///< of requests over IPv6
    std::uint8_t hop_limit = 0;
    std::uint8_t traffic_class = 0;
    TimePoint received;
};

/// What the packet says, if it can be an answer to a packet of ours: time exceeded, destination
/// unreachable, packet too big, parameter problem or source quench, quoting UDP, TCP or an
/// echo request with at least 8 bytes of it; echo reply; SYN-ACK; RST with ACK. Else nothing.
///
/// Reply::flow is the flow as it left us, as far as the packet shows it: the quoted one, or the
/// answer's with both ends exchanged. A direct answer over IPv6 does not show our own address:
/// flow.source is then unspecified. Link-local addresses in it carry no scope. Nothing is believed
/// yet: look the flow up, unseal the tag with that flow's mask, compare with what was sent.
///
/// ICMPv4 checksums are verified; the kernel has done so for ICMPv6. TCP's are not: between
/// interfaces of one host they are left half made. Allocates only for extension objects.
[[nodiscard]] std::optional<Reply> decode_reply(Datagram const& datagram);

}  // namespace dtrace::packet
