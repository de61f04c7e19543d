#pragma once

#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>

#include <boost/describe/enum.hpp>

#include <cstdint>

namespace dtrace {

/// What a packet is: UDP to a high port, a TCP SYN, or an ICMP echo request.
enum class Method : std::uint8_t { udp, tcp, icmp };
BOOST_DESCRIBE_ENUM(Method, udp, tcp, icmp)

/// Source ports we send from, below the kernel's ephemeral range (32768–60999). ICMP flows take
/// their checksums from the same numbers.
inline constexpr Port first_source_port = 24000;
inline constexpr Port last_source_port = 32767;

/// The fields that per-flow load balancers hash, held constant over all TTLs (Paris traceroute,
/// Augustin et al., IMC 2006).
struct Flow {
    Method method = Method::udp;
    IpAddress source;
    IpAddress destination;
    /// UDP and TCP: the source port. ICMP: the checksum that every echo request of the flow has.
    std::uint16_t id = 0;
    /// UDP and TCP only.
    Port destination_port = 0;

    friend bool operator==(Flow const&, Flow const&) = default;
};

}  // namespace dtrace
