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

}  // namespace dtrace
