#pragma once

#include <dtrace/core/time.hpp>

#include <algorithm>
#include <chrono>

namespace dtrace::wire {

/// Brings the kernel's receive timestamps, which are wall-clock time, to the steady clock. The
/// offset between the two is sampled once per batch and moves when somebody sets the clock.
class KernelClock {
  public:
    using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

    /// What both clocks read at the same moment, after the batch was taken from its socket.
    void sample(TimePoint steady, WallTime wall) {
        now_ = steady;
        auto const offset = steady.time_since_epoch() - wall.time_since_epoch();
        before_ = known_ ? offset_ : offset;
        offset_ = offset;
        known_ = true;
    }

    /// The steady time of the last sample.
    [[nodiscard]] TimePoint now() const { return now_; }

    /// The steady time of a packet stamped at `wall`. If the clock was set since the last sample,
    /// the stamp may be from before or after: the later reading that is not in the future is right.
    [[nodiscard]] TimePoint steady(WallTime wall) const {
        TimePoint const by_new(offset_ + wall.time_since_epoch());
        TimePoint const by_old(before_ + wall.time_since_epoch());
        if (by_new > now_) return by_old > now_ ? now_ : by_old;
        return by_old > now_ ? by_new : std::max(by_new, by_old);
    }

  private:
    TimePoint now_{};
    Duration offset_{};
    Duration before_{};
    bool known_ = false;
};

}  // namespace dtrace::wire
