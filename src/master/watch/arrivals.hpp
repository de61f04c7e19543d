#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/model/trace.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace dtrace::master {

/// What a probe heard of the rounds that another one sends to it, and when it listened. By its own
/// clock.
struct Listening {
    /// Packets of one flow that arrived together.
    struct Visit {
        std::uint64_t flow = 0;  ///< analysis::FlowKey::header
        Timestamp at;
        std::uint32_t packets = 0;
    };

    Timestamp from;
    Timestamp until;
    std::vector<Visit> visits;
};

/// None: the trace tells nothing of it.
[[nodiscard]] std::optional<Listening> listening_of(Trace const& trace);

struct TimeSpan {
    Timestamp from;
    Timestamp until;
};

/// Whether something heard then may belong to a round of that time: the clocks of two probes differ
/// by a second at most, else their counts contradict each other.
[[nodiscard]] bool concerns(Listening const& listening, TimeSpan const& round);

/// Whether something heard may belong to either.
[[nodiscard]] bool are_near(TimeSpan const& one, TimeSpan const& other);

/// How many packets of each flow arrived of a round. None: part of its time was not listened to.
/// What was heard in parts, one after the other, was heard without a gap. `heard` is in the order
/// of its begin.
[[nodiscard]] std::optional<std::map<std::uint64_t, std::uint32_t>> arrivals_of(
    TimeSpan const& round, std::span<Listening const* const> heard);

}  // namespace dtrace::master
