#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/units.hpp>
#include <dtrace/model/trace.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dtrace::analysis {

/// One hop of a path, by who answered. A silent one has no addresses.
struct PathPlace {
    Ttl ttl = 0;
    std::vector<IpAddress>
        addresses;  ///< sorted, each once; several: packets of the flow are spread
    std::uint32_t sent = 0;
    std::uint32_t answered = 0;
    std::optional<std::int64_t> rtt_us;  ///< median of the answers
};

/// The places of a path in TTL order.
[[nodiscard]] std::vector<PathPlace> places_of(Path const& path);

/// Which of them tells how much of the path's packets got through: the last that answered, which is
/// the target where it was reached. None: nobody answered.
[[nodiscard]] std::optional<std::size_t> last_answered(std::vector<PathPlace> const& places);

/// The same flow in each round: of a probe, to a target, with the fields that balancers hash.
[[nodiscard]] std::uint64_t flow_hash(Trace const& trace, Path const& path);

/// Whether the counts of a trace mean what they say: not when our own host lost replies, or when
/// the round was cut short.
[[nodiscard]] bool counts_hold(Trace const& trace);

}  // namespace dtrace::analysis
