#pragma once

#include <dtrace/core/described.hpp>
#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/model/flow.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace dtrace {

// One-way counts: what a probe hears of the rounds that its target, a probe too, sends to it. The
// members are the JSON of the API, name by name (docs/api.md).

/// Packets of one flow that arrived with their last hop left: those that its sender counts at its
/// target. No two of them are a second apart.
struct HeardFlow {
    Method method = Method::udp;
    std::optional<Port> source_port;             ///< UDP and TCP
    std::optional<Port> destination_port;        ///< UDP and TCP
    std::optional<std::uint16_t> icmp_checksum;  ///< ICMP
    std::uint32_t ago_ms = 0;                    ///< the first of them, before the trace's end
    std::uint32_t packets = 0;

    friend bool operator==(HeardFlow const&, HeardFlow const&) = default;
};
BOOST_DESCRIBE_STRUCT(HeardFlow, (),
                      (method, source_port, destination_port, icmp_checksum, ago_ms, packets))

/// All that came from the target's address to the address that the trace was sent from, since the
/// last trace that told of it. Nothing was missed for want of room.
struct Heard {
    std::uint32_t listened_ms = 0;  ///< until the trace's end
    std::vector<HeardFlow> flows;   ///< those that are longest ago first

    friend bool operator==(Heard const&, Heard const&) = default;
};
BOOST_DESCRIBE_STRUCT(Heard, (), (listened_ms, flows))

}  // namespace dtrace
