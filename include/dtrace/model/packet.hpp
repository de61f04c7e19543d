#pragma once

#include <dtrace/core/units.hpp>

#include <compare>

namespace dtrace {

/// One packet of a round: which of its flows, how far it goes, which try.
struct Packet {
    FlowIndex flow = 0;
    Ttl ttl = 1;
    Attempt attempt = 0;

    friend auto operator<=>(Packet const&, Packet const&) = default;
};

/// The same packet, field by field. Where the fields were written a moment ago, a copy in one piece
/// would wait until they have reached the memory.
[[nodiscard]] inline Packet fresh_copy(Packet const& packet) {
    return {.flow = packet.flow, .ttl = packet.ttl, .attempt = packet.attempt};
}

}  // namespace dtrace
