#pragma once

#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/model/flow.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
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

/// Which of the reply sender's interfaces an InterfaceInfo is about; in the order of RFC 5837.
enum class InterfaceRole : std::uint8_t { incoming, incoming_part, outgoing, next_hop };
BOOST_DESCRIBE_ENUM(InterfaceRole, incoming, incoming_part, outgoing, next_hop)

/// What a router says of one of its interfaces (RFC 5837).
struct InterfaceInfo {
    InterfaceRole role = InterfaceRole::incoming;
    std::optional<std::uint32_t> index{};
    std::optional<IpAddress> address{};
    std::optional<std::string> name{};  ///< printable ASCII; other bytes are shown as '?'
    std::optional<std::uint32_t> mtu{};

    friend bool operator==(InterfaceInfo const&, InterfaceInfo const&) = default;
};
BOOST_DESCRIBE_STRUCT(InterfaceInfo, (), (role, index, address, name, mtu))

/// An extension object (RFC 4884) that we cannot read, without its header.
struct ExtensionObject {
    std::uint8_t class_number = 0;
    std::uint8_t type = 0;
    std::vector<std::uint8_t> payload{};

    friend bool operator==(ExtensionObject const&, ExtensionObject const&) = default;
};
BOOST_DESCRIBE_STRUCT(ExtensionObject, (), (class_number, type, payload))

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
    std::vector<MplsLabel> labels;  ///< outermost first
    std::vector<InterfaceInfo> interfaces;
    std::vector<ExtensionObject> unknown_objects;

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
};

}  // namespace dtrace
