#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/packet/byte_view.hpp>

#include <cstdint>
#include <optional>

namespace dtrace::packet {

/// RFC 768.
struct UdpHeader {
    static constexpr std::size_t size = 8;

    Port source_port = 0;
    Port destination_port = 0;
    std::uint16_t length = 0;  ///< header and payload
    std::uint16_t checksum = 0;

    static std::optional<UdpHeader> parse(ByteView bytes);
    void write(ByteWriter& out) const;
};

// Done for every reply, so it is here for the compiler.

inline std::optional<UdpHeader> UdpHeader::parse(ByteView bytes) {
    if (bytes.size() < size) return std::nullopt;
    ByteReader in(bytes.first<size>());
    UdpHeader header;
    header.source_port = in.u16();
    header.destination_port = in.u16();
    header.length = in.u16();
    header.checksum = in.u16();
    return header;
}

}  // namespace dtrace::packet
