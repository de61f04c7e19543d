#pragma once

#include <cstdint>

namespace dtrace {

/// Time to live (IPv4) or hop limit (IPv6), 1–127 in what we send (packet/tag.hpp).
using Ttl = std::uint8_t;

/// Position of a flow in its round, from 0.
using FlowIndex = std::uint16_t;

/// Position of a packet among those of the same flow and TTL, from 0.
using Attempt = std::uint16_t;

inline constexpr Ttl max_ttl = 127;

}  // namespace dtrace
