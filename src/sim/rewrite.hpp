#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/packet/byte_view.hpp>

#include <cstdint>
#include <span>

namespace dtrace::sim {

// Changing a packet's header in place, be it a whole one or the quoted beginning of one. What lies
// beyond the end is left alone, and so is what is no IP packet.

enum class End : std::uint8_t { source, destination };

/// Also corrects the IPv4 header checksum; the transport checksum only if `fix_transport`.
void rewrite_address(std::span<std::byte> packet, End end, IpAddress const& to, bool fix_transport);

/// Also corrects the IPv4 header checksum.
void rewrite_ttl(std::span<std::byte> packet, std::uint8_t ttl);

}  // namespace dtrace::sim
