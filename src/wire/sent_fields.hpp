#pragma once

#include <dtrace/wire/wire.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace dtrace::wire {

// Bytes of headers without options.
inline constexpr std::uint32_t ipv4_header = 20;
inline constexpr std::uint32_t ipv6_header = 40;
inline constexpr std::uint32_t icmp_header = 8;

/// What a wire that does not hand a packet to the kernel as it is must know of it.
struct SentFields {
    Family family = Family::ipv4;
    std::uint8_t protocol = 0;
    std::uint8_t ttl = 0;  ///< or hop limit
    std::uint8_t tos = 0;  ///< or traffic class
    IpAddress source;      ///< a link-local one with the destination's scope
    std::uint16_t ip_id = 0;
    std::size_t header_size = 0;
    std::span<std::byte const> transport;  ///< at least `least_transport` bytes

    static constexpr std::size_t least_transport = 8;
};

/// None for what is no complete packet of its destination's family.
[[nodiscard]] std::optional<SentFields> read_fields(OutgoingPacket const& packet);

[[nodiscard]] inline std::uint16_t get16(std::span<std::byte const> bytes, std::size_t at) {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at]) << 8 |
                                      std::to_integer<unsigned>(bytes[at + 1]));
}

inline void put16(std::span<std::byte> bytes, std::size_t at, std::uint32_t value) {
    bytes[at] = static_cast<std::byte>(value >> 8 & 0xFF);
    bytes[at + 1] = static_cast<std::byte>(value & 0xFF);
}

/// The one's complement sum of RFC 1071 in 16 bits.
[[nodiscard]] constexpr std::uint16_t fold_sum(std::uint32_t sum) {
    sum = (sum & 0xFFFF) + (sum >> 16);
    return static_cast<std::uint16_t>((sum & 0xFFFF) + (sum >> 16));
}

}  // namespace dtrace::wire
