#pragma once

#include <dtrace/model/trace.hpp>

#include <cstdint>

namespace dtrace::engine {

// Routers inside an MPLS tunnel may not show: the tunnel does not copy the TTL into its labels, or
// they attach no labels to their answers. What betrays them is a hint at the hop behind, never a
// hop. The signs and thresholds are those of TNT (Vanaubel, Luttringer, Mérindol, Pansiot, Donnet:
// "TNT, Watch me Explode", TMA 2019; Donnet et al.: "Revealing MPLS Tunnels Obscured from
// Traceroute", CCR 2012).

/// A label of an opaque tunnel still has most of the TTL of 255 that it began with.
inline constexpr std::uint8_t least_opaque_label_ttl = 236;
inline constexpr std::uint8_t largest_opaque_label_ttl = 254;
/// FRPLA: by how much the way back must outgrow the way there from one hop to the next. Routes that
/// differ by direction have the same effect, so less is no sign.
inline constexpr int least_return_growth = 3;
/// RTLA: errors leave with a TTL of 255 and echo replies with 64 (Junos); inside a tunnel the first
/// loses what the second does not. Exact, so one is enough.
inline constexpr int least_echo_difference = 1;

/// How many hops a reply has behind it, from the TTL it arrived with, if it left with the next
/// larger of 64, 128 and 255.
[[nodiscard]] int return_length(std::uint8_t reply_ttl);

/// Adds to every hop what hints at routers hidden before it.
void add_tunnel_hints(Trace& trace);

}  // namespace dtrace::engine
