#pragma once

#include <dtrace/core/units.hpp>
#include <dtrace/model/flow.hpp>
#include <dtrace/packet/byte_view.hpp>

#include <cstdint>
#include <optional>

namespace dtrace::packet {

/// A packet of ours as routers and targets see it.
struct SentPacket {
    Flow flow;
    Ttl ttl = 0;  ///< as it is now; all 8 bits
    std::uint8_t tos = 0;
    std::uint32_t flow_label = 0;  ///< IPv6
    std::uint32_t sealed = 0;      ///< the tag on the wire
    /// The part behind the IP header: what the target answers to.
    ByteView transport;
};

/// Reads a complete IP packet: UDP, a TCP SYN or an echo request, with true lengths and checksums;
/// the simulated Internet and tests stand on this. Anything else is none.
[[nodiscard]] std::optional<SentPacket> parse_sent(ByteView bytes);

}  // namespace dtrace::packet
