#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/sim/node.hpp>

#include <cstdint>

namespace dtrace::sim {

/// What an ICMP error says beside its quote.
struct IcmpError {
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    std::uint16_t mtu = 0;
};

[[nodiscard]] IcmpError unreachable(Family family, Unreachable kind);
[[nodiscard]] IcmpError unknown_protocol(Family family);
[[nodiscard]] IcmpError time_exceeded(Family family);
[[nodiscard]] IcmpError too_big(Family family, std::uint16_t mtu);

}  // namespace dtrace::sim
