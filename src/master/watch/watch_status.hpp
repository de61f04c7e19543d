#pragma once

#include <dtrace/core/time.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>

namespace dtrace::master {

/// What the watch for culprits has done since the start. JSON of the API, name by name
/// (docs/api.md).
struct WatchStatus {
    std::uint64_t rounds = 0;    ///< looked at
    std::uint64_t left_out = 0;  ///< because too many were waiting
    std::uint64_t verdicts = 0;
    std::optional<Timestamp> last_verdict_at;
    std::uint64_t last_verdict_us = 0;  ///< it took so long
    std::uint64_t open_culprits = 0;
    std::uint64_t events = 0;
    std::uint64_t bursts_ordered = 0;  ///< one for each probe
};
BOOST_DESCRIBE_STRUCT(WatchStatus, (),
                      (rounds, left_out, verdicts, last_verdict_at, last_verdict_us, open_culprits,
                       events, bursts_ordered))

}  // namespace dtrace::master
