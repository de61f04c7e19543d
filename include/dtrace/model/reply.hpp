#pragma once

#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/model/flow.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <vector>

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
};
BOOST_DESCRIBE_ENUM(ReplyKind, time_exceeded, echo_reply, syn_ack, rst, port_unreachable,
                    host_unreachable, net_unreachable, prohibited, other_unreachable)

/// One entry of an MPLS label stack (RFC 4950).
struct MplsLabel {
    std::uint32_t label = 0;
    std::uint8_t traffic_class = 0;
    bool bottom = false;
    std::uint8_t ttl = 0;

    friend bool operator==(MplsLabel const&, MplsLabel const&) = default;
};
BOOST_DESCRIBE_STRUCT(MplsLabel, (), (label, traffic_class, bottom, ttl))

/// How much of the sealed tag (packet/tag.hpp) came back.
struct QuotedTag {
    std::uint32_t value = 0;
    /// False: only the low 16 bits are known (UDP over IPv6, quoted with 8 bytes of payload only).
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
    std::uint8_t icmp_code = 0;
    /// Next-hop MTU of "fragmentation needed" and "packet too big"; 0: none.
    std::uint16_t mtu = 0;
    std::vector<MplsLabel> labels;

    /// Which packet of ours it speaks of: the flow as it left us and the sealed tag. For an ICMP
    /// error this is the quoted packet; `flow.destination` may have been rewritten on the way.
    Flow flow;
    QuotedTag tag;

    /// The quoted packet's TTL and TOS as the router saw them; none where nothing is quoted
    /// (echo reply, SYN-ACK, RST).
    std::optional<std::uint8_t> quoted_ttl;
    std::optional<std::uint8_t> quoted_tos;
};

}  // namespace dtrace
