#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/packet/byte_view.hpp>

#include <cstdint>
#include <optional>

namespace dtrace::packet {

inline constexpr std::uint8_t tcp_syn = 0x02;
inline constexpr std::uint8_t tcp_rst = 0x04;
inline constexpr std::uint8_t tcp_ack = 0x10;

/// RFC 9293.
struct TcpHeader {
    static constexpr std::size_t size = 20;  ///< without options

    Port source_port = 0;
    Port destination_port = 0;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgment = 0;
    std::uint8_t header_size = size;  ///< in bytes, with options
    std::uint8_t flags = 0;
    std::uint16_t window = 0;
    std::uint16_t checksum = 0;
    std::uint16_t urgent = 0;

    /// Checks that 20 bytes are there and that header_size is at least that; the options may lie
    /// beyond the end.
    static std::optional<TcpHeader> parse(ByteView bytes);

    /// 20 bytes; options, as many as header_size says, are the caller's to write.
    void write(ByteWriter& out) const;
};

/// Of the SYNs that we send: with the option of a maximum segment size.
inline constexpr std::size_t syn_size = TcpHeader::size + 4;

}  // namespace dtrace::packet
