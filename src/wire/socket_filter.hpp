#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/wire/raw_wire.hpp>

#include <linux/filter.h>

#include <vector>

namespace dtrace::wire {

/// Classic BPF programs for our receiving sockets. What they let through is exactly what may answer
/// one of our packets, or be one of another probe's; a busy host's other traffic is never queued.
using SocketFilter = std::vector<sock_filter>;

/// TCP: RST or SYN+ACK to one of `ports`.
[[nodiscard]] SocketFilter tcp_reply_filter(Family family, PortRange ports);

/// ICMP and ICMPv6: errors (v4: unreachable, source quench, time exceeded, parameter problem; v6:
/// types 1 to 4) that quote TCP or UDP from one of `ports`, or an echo request whose checksum is
/// one of these numbers; and replies to such echo requests. An IPv6 quotation behind an extension
/// header passes: the decoder looks closer.
[[nodiscard]] SocketFilter icmp_reply_filter(Family family, PortRange ports);

/// What another probe sends to this host as its target, of one protocol (UDP, TCP, ICMP, ICMPv6):
/// packets whose TTL or hop limit is 1 on arrival; UDP and SYNs without ACK from one of `ports`,
/// and echo requests whose checksum is one of these numbers.
[[nodiscard]] SocketFilter request_filter(Family family, std::uint8_t protocol, PortRange ports);

/// Nothing passes.
[[nodiscard]] SocketFilter drop_all_filter();

}  // namespace dtrace::wire
