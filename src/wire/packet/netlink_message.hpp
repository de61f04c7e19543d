#pragma once

#include <dtrace/core/ip.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace dtrace::wire {

// Messages of rtnetlink(7), as bytes: what we ask the kernel's tables, and what they answer.

using HardwareAddress = std::array<std::uint8_t, 6>;

/// "Which way does a packet to `destination` take?", through `interface` unless that is 0.
[[nodiscard]] std::vector<std::byte> ask_route(IpAddress const& destination,
                                               std::uint32_t interface, std::uint32_t sequence);

/// "What is the hardware address of this neighbour?"
[[nodiscard]] std::vector<std::byte> ask_neighbour(std::uint32_t interface,
                                                   IpAddress const& neighbour,
                                                   std::uint32_t sequence);

struct RouteAnswer {
    /// A plain way to one host: neither to this host itself, nor refused, nor wrapped into
    /// something else by the kernel.
    bool plain = false;
    std::uint32_t interface = 0;
    std::optional<IpAddress> gateway{};  ///< none: the destination is a neighbour
};

struct NeighbourAnswer {
    std::optional<HardwareAddress> address{};  ///< none: not known, or of another kind
};

/// The answer to the question of that number; none if it is not in `bytes`, or is an error.
[[nodiscard]] std::optional<RouteAnswer> read_route(std::span<std::byte const> bytes,
                                                    std::uint32_t sequence);
[[nodiscard]] std::optional<NeighbourAnswer> read_neighbour(std::span<std::byte const> bytes,
                                                            std::uint32_t sequence);

/// What a notification says has changed.
struct TableChanges {
    bool neighbours = false;
    bool routes = false;  ///< or anything that routes depend on
};
[[nodiscard]] TableChanges read_changes(std::span<std::byte const> bytes);

}  // namespace dtrace::wire
