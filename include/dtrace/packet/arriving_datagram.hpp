#pragma once

#include <dtrace/core/datagram.hpp>
#include <dtrace/packet/byte_view.hpp>

#include <optional>

namespace dtrace::packet {

/// A whole IP packet as raw sockets hand it over: over IPv6 without the IP header. None for what is
/// no IP packet.
[[nodiscard]] std::optional<Datagram> arriving_datagram(ByteView whole, TimePoint received);

/// What a prober's sockets let through: ICMP, and of TCP only resets and SYN-ACKs.
[[nodiscard]] bool passes_socket_filter(ByteView whole);

}  // namespace dtrace::packet
