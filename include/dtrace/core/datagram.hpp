#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace dtrace {

/// One packet for this host as it came in: what wires hand over and decoders read.
struct Datagram {
    /// IPv4: from the IP header on. IPv6: from the transport header on, as raw sockets give it.
    std::span<std::byte const> bytes;
    std::uint8_t protocol = 0;  ///< ICMP, ICMPv6 or TCP; of requests UDP too
    IpAddress source;           ///< its family is the packet's
    IpV6 destination;           ///< of requests over IPv6; over IPv4 it stands in `bytes`
    std::uint8_t hop_limit = 0;
    std::uint8_t traffic_class = 0;  ///< of replies
    TimePoint received;              ///< when the kernel took it from the device
};

}  // namespace dtrace
