#pragma once

#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/model/extension.hpp>
#include <dtrace/model/flow.hpp>

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>

namespace dtrace {

/// What the sender of a reply says.
enum class ReplyKind : std::uint8_t {
    time_exceeded,
    echo_reply,
    syn_ack,
    rst,
    port_unreachable,
    host_unreachable,
    net_unreachable,
    prohibited,
    other_unreachable,
    other,  ///< an ICMP error of another type: source quench, parameter problem, …
};
BOOST_DESCRIBE_ENUM(ReplyKind, time_exceeded, echo_reply, syn_ack, rst, port_unreachable,
                    host_unreachable, net_unreachable, prohibited, other_unreachable, other)

/// How much of the sealed tag (packet/tag.hpp) came back.
struct QuotedTag {
    std::uint32_t value = 0;
    /// False: only the high 16 bits are known, the others are 0 (UDP over IPv6, of which 8 bytes
    /// are quoted).
    bool complete = true;

    friend bool operator==(QuotedTag const&, QuotedTag const&) = default;
};

/// One packet that may answer one of ours, decoded but not yet believed.
struct Reply {
    TimePoint received;

    /// The header that arrived.
    struct Outer {
        IpAddress from;
        std::uint8_t ttl = 0;
        std::uint8_t tos = 0;
    } outer;

    /// What it says.
    ReplyKind kind = ReplyKind::time_exceeded;
    std::uint8_t icmp_type = 0;
    std::uint8_t icmp_code = 0;
    /// Next-hop MTU of "fragmentation needed" and "packet too big"; 0: none.
    std::uint16_t mtu = 0;
    Extensions extensions;

    /// Which packet of ours it speaks of: the flow as it left us and the sealed tag. For an ICMP
    /// error this is the quoted packet; `flow.destination` may have been rewritten on the way.
    Flow flow;
    QuotedTag tag;

    /// The quoted packet's TTL and TOS as the router saw them; none where nothing is quoted
    /// (echo reply, SYN-ACK, RST).
    std::optional<std::uint8_t> quoted_ttl;
    std::optional<std::uint8_t> quoted_tos;
    /// IPv4 only: the high half of the sealed tag, whatever the method, if nobody changed it.
    std::optional<std::uint16_t> quoted_ip_id;
    /// The quoted packet's transport checksum where it was quoted; another one than was sent means
    /// address translation.
    std::optional<std::uint16_t> quoted_checksum;
    /// The one's complement sum over a quoted TCP segment, where it is quoted as a whole.
    std::optional<std::uint16_t> quoted_sum;
};

}  // namespace dtrace
