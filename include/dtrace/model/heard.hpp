#pragma once

#include <dtrace/core/described.hpp>
#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/model/flow.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace dtrace {

// One-way counts: what a probe hears of the rounds that its target, a probe too, sends to it. The
// members are the JSON of the API, name by name (docs/api.md).

/// A round needs no longer than that between the first packet of a flow that arrives and the last
/// one told with it (a second), and until it was read (another one): what began to arrive later
/// than so long before a trace's end is left to the next trace, whole.
inline constexpr milliseconds heard_settled{2000};
/// No trace tells what arrived longer ago.
inline constexpr milliseconds longest_heard = std::chrono::minutes(10);

/// Packets of one flow that arrived with their last hop left: those that its sender counts at its
/// target. All came within a second of the first; a round's slower ones are in further entries.
struct HeardFlow {
    Method method = Method::udp;
    std::optional<Port> source_port;             ///< UDP and TCP
    std::optional<Port> destination_port;        ///< UDP and TCP
    std::optional<std::uint16_t> icmp_checksum;  ///< ICMP
    std::uint32_t ago_ms = 0;  ///< before the trace's end the first came; 2000 to listened_ms
    std::uint32_t packets = 0;

    friend bool operator==(HeardFlow const&, HeardFlow const&) = default;
};
BOOST_DESCRIBE_STRUCT(HeardFlow, (),
                      (method, source_port, destination_port, icmp_checksum, ago_ms, packets))

/// All that came from the target's address to the address that the trace was sent from, and whose
/// first packet came in a span of time: from `listened_ms` to `heard_settled` before the trace's
/// end. Nothing was missed in it. Where no packets were missed, it begins where the span of the
/// last trace between these addresses ended, or `longest_heard` before the trace's end, if that
/// is later: each entry is told once, whichever measurement the trace is of, and of a round that
/// arrived partly in one span and partly in the next, each tells its part.
struct Heard {
    std::uint32_t listened_ms = 0;  ///< before the trace's end listening began; 2000 to 600,000
    std::vector<HeardFlow> flows;   ///< those that are longest ago first

    friend bool operator==(Heard const&, Heard const&) = default;
};
BOOST_DESCRIBE_STRUCT(Heard, (), (listened_ms, flows))

}  // namespace dtrace
