#pragma once

#include <cstdint>

namespace dtrace::app {

/// How a master looks for culprits, as its options say.
struct WatchSettings {
    std::uint32_t window_ms = 600'000;
    std::uint32_t every_ms = 15'000;
    double clean_below = 0.01;  ///< a share
    std::uint32_t confirm = 2;
    std::uint32_t close_after_ms = 120'000;
    std::uint32_t probe_patience_ms = 120'000;
    bool bursts = true;
    std::uint16_t burst_flows = 64;
    std::uint32_t bursts_per_probe = 4;  ///< in ten minutes
};

}  // namespace dtrace::app
