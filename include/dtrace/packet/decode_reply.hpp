#pragma once

#include <dtrace/core/datagram.hpp>
#include <dtrace/model/reply.hpp>

#include <optional>

namespace dtrace::packet {

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
