#pragma once

#include <dtrace/core/time.hpp>

#include <cstddef>
#include <cstdint>

namespace dtrace::master {

/// How the master watches the network for culprits and changes.
struct WatchOptions {
    microseconds window = std::chrono::minutes(10);  ///< of which evidence a verdict is made
    Duration verdict_every = seconds(15);            ///< or a quarter of the time, if it takes long
    double clean_below = 0.01;                       ///< "clean": no link can lose more
    std::uint32_t confirm = 2;                       ///< verdicts in a row that open a culprit
    microseconds close_after = std::chrono::minutes(2);  ///< since it was last accused

    std::size_t max_waiting_traces = 20'000;  ///< not looked at yet; more are left out, and counted
    std::size_t max_replayed_traces = 5'000;  ///< of the window, at a start
    std::size_t max_flows = 1'000'000;        ///< of rounds, in the window

    microseconds keep = std::chrono::days(90);  ///< events, and culprits that are closed
    std::uint64_t max_kept = 100'000;           ///< of each

    // Loss to a target orders more packets at once.
    bool bursts = true;
    std::uint16_t burst_flows = 64;
    seconds burst_deadline{60};
    std::size_t burst_probes = 8;                         ///< at most, for one sign of loss
    std::uint32_t bursts_per_probe = 4;                   ///< in ten minutes
    microseconds bursts_apart = std::chrono::minutes(5);  ///< of one probe and measurement
};

}  // namespace dtrace::master
