#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/packet/byte_view.hpp>

#include <cstdint>
#include <optional>

namespace dtrace::packet {

/// RFC 8200.
struct Ipv6Header {
    static constexpr std::size_t size = 40;

    std::uint8_t traffic_class = 0;
    std::uint32_t flow_label = 0;  ///< 20 bits
    std::uint16_t payload_length = 0;
    std::uint8_t next_header = 0;
    std::uint8_t hop_limit = 0;
    IpV6 source;
    IpV6 destination;

    /// Checks the version and that 40 bytes are there.
    static std::optional<Ipv6Header> parse(ByteView bytes);

    void write(ByteWriter& out) const;
};

/// The transport header's protocol, and all bytes from it on.
struct Ipv6Payload {
    std::uint8_t protocol = 0;
    ByteView bytes;
};

/// Steps over hop-by-hop, routing, destination and (first) fragment headers, at most eight of them.
/// None when they do not end inside the bytes, or for a later fragment.
[[nodiscard]] std::optional<Ipv6Payload> skip_extension_headers(std::uint8_t next_header,
                                                                ByteView bytes);

}  // namespace dtrace::packet
