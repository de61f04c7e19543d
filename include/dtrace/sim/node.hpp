#pragma once

#include <dtrace/core/described.hpp>
#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/prefix.hpp>
#include <dtrace/model/extension.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::sim {

// The nodes of a topology file, name by name (docs/simulator.md).

/// What becomes of a packet to a port: answered by the service, refused, dropped, or refused by a
/// firewall.
enum class PortState : std::uint8_t { open, closed, filtered, prohibited };
BOOST_DESCRIBE_ENUM(PortState, open, closed, filtered, prohibited)

/// How much of the packet an ICMP error quotes, and how extensions are attached: all of it, 8 bytes
/// behind the IP header, RFC 4884 with its length field, or the older form without.
enum class Quote : std::uint8_t { full, minimal, rfc4884, rfc4884_legacy };
BOOST_DESCRIBE_ENUM(Quote, full, minimal, rfc4884, rfc4884_legacy)

enum class Unreachable : std::uint8_t {
    net,
    host,
    port,
    net_prohibited,
    host_prohibited,
    prohibited
};
BOOST_DESCRIBE_ENUM(Unreachable, net, host, port, net_prohibited, host_prohibited, prohibited)

/// What chooses among several next hops.
enum class Balance : std::uint8_t { per_flow, per_packet, per_destination };
BOOST_DESCRIBE_ENUM(Balance, per_flow, per_packet, per_destination)

/// Routers that treat the TTL wrongly: invisible ones, ones that pass on what has expired, and ones
/// inside a tunnel that hides them on the way there, while replies count them on their way back.
enum class TtlFault : std::uint8_t { none, no_decrement, forwards_zero, tunnel };
BOOST_DESCRIBE_ENUM(TtlFault, none, no_decrement, forwards_zero, tunnel)

/// What a translator does to the packet quoted in an ICMP error on its way back.
enum class NatQuote : std::uint8_t { restored, addresses, untouched };
BOOST_DESCRIBE_ENUM(NatQuote, restored, addresses, untouched)

/// ICMP errors per second: a token bucket, one for the node or one per receiver of errors.
struct RateLimit {
    double per_second = 0;
    std::uint32_t burst = 0;
    std::optional<bool> per_destination;
};
BOOST_DESCRIBE_STRUCT(RateLimit, (), (per_second, burst, per_destination))

/// An entry of the label stack that the packet wore when it arrived, outermost first.
struct Label {
    std::uint32_t label = 0;
    std::optional<std::uint8_t> traffic_class;
    std::optional<std::uint8_t> ttl;
};
BOOST_DESCRIBE_STRUCT(Label, (), (label, traffic_class, ttl))

/// Exactly one of `via` (neighbours or links by name), `black_hole`, `reject`, `reject_code`.
struct Route {
    Prefix to;
    std::vector<std::string> via;
    std::optional<bool> black_hole;
    std::optional<Unreachable> reject;
    std::optional<std::uint8_t> reject_code;  ///< of "destination unreachable"
    std::optional<bool> ttl_first;            ///< an expired TTL is told before the refusal
};
BOOST_DESCRIBE_STRUCT(Route, (), (to, via, black_hole, reject, reject_code, ttl_first))

struct SourceNat {
    Prefix inside;
    IpAddress address;
    std::optional<NatQuote> quote;
};
BOOST_DESCRIBE_STRUCT(SourceNat, (), (inside, address, quote))

struct DestinationNat {
    IpAddress address;
    IpAddress to;
    std::optional<NatQuote> quote;
    std::optional<bool> masks_routers;  ///< errors from behind it seem to come from `address`
};
BOOST_DESCRIBE_STRUCT(DestinationNat, (), (address, to, quote, masks_routers))

/// A router, or with `host` an end system, which forwards nothing.
struct Node {
    std::optional<bool> host;
    std::vector<IpAddress> addresses;
    std::vector<Prefix> prefixes;

    std::optional<bool> silent;
    std::optional<double> answer_probability;
    std::optional<double> answer_loss;
    std::optional<std::uint32_t> answer_delay_us;
    std::optional<std::uint32_t> answer_jitter_us;
    std::optional<RateLimit> rate_limit;
    std::optional<std::uint8_t> reply_ttl;
    std::optional<std::vector<IpAddress>> reply_from;
    std::optional<Quote> quote;
    std::optional<std::vector<Label>> labels;
    std::optional<Octets> extension;  ///< objects of RFC 4884, behind the labels'
    std::optional<std::uint8_t> quoted_ttl;
    std::optional<std::uint8_t> set_tos;  ///< of every packet that it forwards

    std::optional<TtlFault> ttl_fault;
    std::optional<Balance> balance;
    std::optional<std::vector<Route>> routes;
    std::optional<SourceNat> source_nat;
    std::optional<DestinationNat> destination_nat;

    std::optional<bool> echo;
    std::optional<PortState> udp;
    std::optional<PortState> tcp;
    std::map<std::string, PortState> udp_ports;
    std::map<std::string, PortState> tcp_ports;
};
BOOST_DESCRIBE_STRUCT(Node, (),
                      (host, addresses, prefixes, silent, answer_probability, answer_loss,
                       answer_delay_us, answer_jitter_us, rate_limit, reply_ttl, reply_from, quote,
                       labels, extension, quoted_ttl, set_tos, ttl_fault, balance, routes,
                       source_nat, destination_nat, echo, udp, tcp, udp_ports, tcp_ports))

}  // namespace dtrace::sim
