#pragma once

#include <dtrace/core/time.hpp>

#include <chrono>

namespace dtrace::wire {

/// Brings the kernel's receive timestamps, which are wall-clock time, to the steady clock.
///
/// The two clocks run at the same rate; the offset between them changes only when somebody sets the
/// wall clock. Every sample bounds the offset, and the bounds only get tighter until a sample
/// contradicts them: then the clock was set, and the bounds start anew.
class KernelClock {
  public:
    using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

    /// Reads both clocks. To be called after a batch was taken from its socket.
    void sample();

    /// `wall` was read after `before` and no later than `after`.
    void sample(TimePoint before, WallTime wall, TimePoint after);

    /// The steady time of the last sample.
    [[nodiscard]] TimePoint now() const { return now_; }

    /// The steady time of a packet stamped at `wall`. If the clock was set since the last batch,
    /// the stamp may be from before or after: the later reading that is not in the future is right.
    [[nodiscard]] TimePoint steady(WallTime wall) const;

    /// How far apart the bounds of the offset are.
    [[nodiscard]] Duration uncertainty() const { return offset_.high - offset_.low; }

  private:
    struct Offset {
        Duration low{};
        Duration high{};
        [[nodiscard]] Duration middle() const { return low + (high - low) / 2; }
    };

    void begin_batch();
    void bound(TimePoint before, WallTime wall, TimePoint after);

    TimePoint now_{};
    Offset offset_;
    Offset before_;  ///< as it was when the last batch began
    bool known_ = false;
};

}  // namespace dtrace::wire
