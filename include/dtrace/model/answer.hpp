#pragma once

#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/rare.hpp>
#include <dtrace/core/units.hpp>
#include <dtrace/model/reply.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace {

// Answers, hops and paths: the members are the JSON of the API, name by name (docs/api.md).

/// What a translator (NAT) before the sender of a reply has made of our packet, as far as its quote
/// shows; a translator that mends the quote stays unseen.
struct Translation {
    std::optional<IpAddress> source;       ///< where it is not ours
    std::optional<IpAddress> destination;  ///< where it is not the target
    /// The quoted transport checksum minus the one sent, in one's complement: the same number at
    /// one hop after the other is the work of one translator.
    std::optional<std::uint16_t> checksum_change;

    friend bool operator==(Translation const&, Translation const&) = default;
};
BOOST_DESCRIBE_STRUCT(Translation, (), (source, destination, checksum_change))

/// One reply, as it is reported. Optional members appear where there is something to say.
struct Answer {
    IpAddress from;
    std::optional<std::string> name;  ///< reverse DNS
    ReplyKind kind = ReplyKind::time_exceeded;
    std::uint32_t rtt_us = 0;
    std::uint8_t reply_ttl = 0;
    std::optional<std::uint8_t> quoted_ttl;  ///< where it is not 1
    std::optional<std::uint8_t> quoted_tos;  ///< where it is not what we sent
    std::optional<std::uint8_t> icmp_type;   ///< of other
    std::optional<std::uint8_t> icmp_code;   ///< of other_unreachable, prohibited and other
    std::optional<std::uint16_t> mtu;
    Rare<Translation> translation;
    Rare<std::vector<MplsLabel>> labels;          ///< outermost first (RFC 4950)
    Rare<std::vector<InterfaceInfo>> interfaces;  ///< RFC 5837
    Rare<NodeIdentity> node;
    Rare<std::vector<ExtensionObject>> objects;  ///< not understood

    friend bool operator==(Answer const&, Answer const&) = default;
};
BOOST_DESCRIBE_STRUCT(Answer, (),
                      (from, name, kind, rtt_us, reply_ttl, quoted_ttl, quoted_tos, icmp_type,
                       icmp_code, mtu, translation, labels, interfaces, node, objects))

/// Why routers may hide between this hop and the one before (engine/tunnel_hints.hpp).
enum class TunnelSign : std::uint8_t {
    quoted_ttl,    ///< our packet's TTL did not fall for a while
    label_ttl,     ///< its last label says how long it was inside
    return_path,   ///< the way back grew by more than the way there
    echo_path,     ///< ICMP errors go back further than echo replies of the same router
    same_address,  ///< one address at two hops in a row
};
BOOST_DESCRIBE_ENUM(TunnelSign, quoted_ttl, label_ttl, return_path, echo_path, same_address)

/// A guess, never a hop.
struct TunnelHint {
    TunnelSign sign = TunnelSign::quoted_ttl;
    std::uint8_t hidden_hops = 0;  ///< as far as the sign tells; 0: it does not

    friend bool operator==(TunnelHint const&, TunnelHint const&) = default;
};
BOOST_DESCRIBE_STRUCT(TunnelHint, (), (sign, hidden_hops))

/// All replies of one flow at one TTL. A silent hop has no answers.
struct Hop {
    Ttl ttl = 1;
    std::uint32_t sent = 0;
    std::vector<Answer> answers;
    Rare<std::vector<TunnelHint>> tunnel_hints;

    friend bool operator==(Hop const&, Hop const&) = default;
};
BOOST_DESCRIBE_STRUCT(Hop, (), (ttl, sent, answers, tunnel_hints))

/// The hops of one flow, in TTL order without gaps.
struct Path {
    FlowIndex flow = 0;
    std::optional<Port> source_port;             ///< UDP and TCP
    std::optional<Port> destination_port;        ///< UDP and TCP
    std::optional<std::uint16_t> icmp_checksum;  ///< ICMP
    bool reached = false;
    /// True: the flow was sent to some hops only, to find branches there; nothing was asked of the
    /// others (sent is 0), and not having reached the target means nothing.
    std::optional<bool> partial;
    std::vector<Hop> hops;

    friend bool operator==(Path const&, Path const&) = default;
};
BOOST_DESCRIBE_STRUCT(Path, (),
                      (flow, source_port, destination_port, icmp_checksum, reached, partial, hops))

}  // namespace dtrace
