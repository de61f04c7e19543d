#pragma once

#include <dtrace/core/time.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace dtrace::master {

/// Packets over a link in one round, to the end of their paths, and those that were answered.
struct CrossingCounts {
    Timestamp at;
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
};

/// When loss began and ended; absent where it was there from the first, or still was at the last.
struct LossSpan {
    std::optional<Timestamp> began;
    std::optional<Timestamp> ended;
    std::uint64_t sent_since = 0;  ///< since the end
    std::uint64_t lost_since = 0;
};

/// The last time of rounds in which loss was higher than before and after it: the time is divided
/// where that explains the counts best, as long as it pays. Pure.
[[nodiscard]] LossSpan find_loss_span(std::vector<CrossingCounts> const& rounds);

}  // namespace dtrace::master
