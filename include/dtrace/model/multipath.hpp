#pragma once

#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/units.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <vector>

namespace dtrace {

/// What chooses among several next hops.
enum class Balancing : std::uint8_t {
    none,        ///< nothing does
    per_flow,    ///< a flow keeps to its way
    per_packet,  ///< every packet takes its own
    unknown,     ///< not told apart before the round ended
};
BOOST_DESCRIBE_ENUM(Balancing, none, per_flow, per_packet, unknown)

/// A hop at which more than one router answers.
struct BalancedHop {
    Ttl ttl = 1;
    std::uint16_t routers = 0;  ///< different addresses, and one for flows that found silence
    std::uint16_t flows = 0;    ///< that were sent there
    Balancing balancing = Balancing::unknown;

    friend bool operator==(BalancedHop const&, BalancedHop const&) = default;
};
BOOST_DESCRIBE_STRUCT(BalancedHop, (), (ttl, routers, flows, balancing))

/// What a round with flows: auto has found out (docs/probing.md).
struct Multipath {
    std::uint8_t confidence = 95;  ///< per cent, that a balancer's every next hop was found
    Balancing balancing = Balancing::none;  ///< per_packet if any is, else per_flow if any is
    bool complete = false;                  ///< every stopping point was met
    std::uint32_t discovery_packets = 0;    ///< sent to find addresses
    std::uint32_t repeated_packets = 0;     ///< sent to tell per-packet from per-flow balancing
    std::vector<BalancedHop> hops;

    friend bool operator==(Multipath const&, Multipath const&) = default;
};
BOOST_DESCRIBE_STRUCT(Multipath, (),
                      (confidence, balancing, complete, discovery_packets, repeated_packets, hops))

}  // namespace dtrace
