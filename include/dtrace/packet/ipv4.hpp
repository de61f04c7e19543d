#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/packet/byte_view.hpp>

#include <cstdint>
#include <optional>

namespace dtrace::packet {

inline constexpr std::uint8_t protocol_icmp = 1;
inline constexpr std::uint8_t protocol_tcp = 6;
inline constexpr std::uint8_t protocol_udp = 17;
inline constexpr std::uint8_t protocol_icmpv6 = 58;

/// RFC 791.
struct Ipv4Header {
    static constexpr std::size_t size = 20;  ///< without options

    std::uint8_t header_size = size;  ///< in bytes, with options
    std::uint8_t tos = 0;
    std::uint16_t total_length = 0;  ///< header and payload
    std::uint16_t id = 0;
    bool dont_fragment = false;
    bool more_fragments = false;
    std::uint16_t fragment_offset = 0;  ///< in units of 8 bytes
    std::uint8_t ttl = 0;
    std::uint8_t protocol = 0;
    std::uint16_t checksum = 0;  ///< as read; write() makes its own
    IpV4 source;
    IpV4 destination;

    /// Checks the version and that the header with its options is there; not the checksum, and not
    /// total_length: a quoted packet is shorter than its header says.
    static std::optional<Ipv4Header> parse(ByteView bytes);

    /// 20 bytes, no options, with a true checksum.
    void write(ByteWriter& out) const;
};

/// Is the checksum of the header at the front true? `header` is one that parse() accepted.
[[nodiscard]] bool header_intact(Ipv4Header const& header, ByteView bytes);

// Done for every reply, so it is here for the compiler.

inline std::optional<Ipv4Header> Ipv4Header::parse(ByteView bytes) {
    if (bytes.size() < size) return std::nullopt;
    ByteReader in(bytes.first<size>());
    Ipv4Header header;
    std::uint8_t const version_and_words = in.u8();
    header.header_size = static_cast<std::uint8_t>((version_and_words & 0x0F) * 4);
    header.tos = in.u8();
    header.total_length = in.u16();
    header.id = in.u16();
    std::uint16_t const fragment = in.u16();
    header.dont_fragment = (fragment & 0x4000) != 0;
    header.more_fragments = (fragment & 0x2000) != 0;
    header.fragment_offset = fragment & 0x1FFF;
    header.ttl = in.u8();
    header.protocol = in.u8();
    header.checksum = in.u16();
    header.source = IpV4(in.u32());
    header.destination = IpV4(in.u32());
    if (version_and_words >> 4 != 4) return std::nullopt;
    if (header.header_size < size || header.header_size > bytes.size()) return std::nullopt;
    return header;
}

}  // namespace dtrace::packet
