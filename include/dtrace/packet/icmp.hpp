#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/packet/byte_view.hpp>

#include <cstdint>
#include <optional>

namespace dtrace::packet {

/// Types of RFC 792.
namespace icmp4 {
inline constexpr std::uint8_t echo_reply = 0;
inline constexpr std::uint8_t unreachable = 3;
inline constexpr std::uint8_t source_quench = 4;
inline constexpr std::uint8_t echo_request = 8;
inline constexpr std::uint8_t time_exceeded = 11;
inline constexpr std::uint8_t parameter_problem = 12;
inline constexpr std::uint8_t fragmentation_needed = 4;  ///< code of unreachable
}  // namespace icmp4

/// Types of RFC 4443.
namespace icmp6 {
inline constexpr std::uint8_t unreachable = 1;
inline constexpr std::uint8_t packet_too_big = 2;
inline constexpr std::uint8_t time_exceeded = 3;
inline constexpr std::uint8_t parameter_problem = 4;
inline constexpr std::uint8_t echo_request = 128;
inline constexpr std::uint8_t echo_reply = 129;
inline constexpr std::uint8_t unknown_next_header = 1;  ///< code of parameter_problem
}  // namespace icmp6

/// The eight bytes that every ICMP and ICMPv6 message of ours begins with. What the last four mean
/// depends on the type: see the accessors.
struct IcmpHeader {
    static constexpr std::size_t size = 8;

    std::uint8_t type = 0;
    std::uint8_t code = 0;
    std::uint16_t checksum = 0;
    std::uint32_t rest = 0;

    /// Echo request and reply.
    [[nodiscard]] std::uint16_t identifier() const {
        return static_cast<std::uint16_t>(rest >> 16);
    }
    [[nodiscard]] std::uint16_t sequence() const {
        return static_cast<std::uint16_t>(rest & 0xFFFF);
    }

    static std::optional<IcmpHeader> parse(ByteView bytes);
    void write(ByteWriter& out) const;
};

/// Puts the true checksum into a complete ICMPv4 message (its header first).
void set_icmp_checksum(std::span<std::byte> message);

/// The same for ICMPv6, whose checksum covers the addresses.
void set_icmpv6_checksum(std::span<std::byte> message, IpV6 const& source, IpV6 const& destination);

/// `rest` of an error that quotes `quote_size` bytes and has extensions behind them (RFC 4884);
/// the size must be a multiple of 4 (ICMPv4, at most 1020) or 8 (ICMPv6, at most 2040).
[[nodiscard]] std::uint32_t stated_quote_length(Family family, std::size_t quote_size);

// Done for every reply, so it is here for the compiler.

inline std::optional<IcmpHeader> IcmpHeader::parse(ByteView bytes) {
    if (bytes.size() < size) return std::nullopt;
    ByteReader in(bytes.first<size>());
    IcmpHeader header;
    header.type = in.u8();
    header.code = in.u8();
    header.checksum = in.u16();
    header.rest = in.u32();
    return header;
}

}  // namespace dtrace::packet
