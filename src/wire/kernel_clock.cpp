#include "kernel_clock.hpp"

#include <algorithm>

namespace dtrace::wire {

namespace {

/// A sample is rarely worse, unless this thread is interrupted in the middle of it.
constexpr Duration good_enough = std::chrono::nanoseconds(500);
constexpr int most_samples = 4;

}  // namespace

void KernelClock::sample() {
    begin_batch();
    for (int i = 0; i < most_samples; ++i) {
        auto const before = Clock::now();
        auto const wall = std::chrono::system_clock::now();
        bound(before, wall, Clock::now());
        if (uncertainty() <= good_enough) return;
    }
}

void KernelClock::sample(TimePoint before, WallTime wall, TimePoint after) {
    begin_batch();
    bound(before, wall, after);
}

void KernelClock::begin_batch() {
    before_ = offset_;
}

void KernelClock::bound(TimePoint before, WallTime wall, TimePoint after) {
    now_ = after;
    Offset const seen{before.time_since_epoch() - wall.time_since_epoch(),
                      after.time_since_epoch() - wall.time_since_epoch()};
    if (!known_) {
        offset_ = before_ = seen;
        known_ = true;
        return;
    }
    Offset const both{std::max(offset_.low, seen.low), std::min(offset_.high, seen.high)};
    offset_ = both.low <= both.high ? both : seen;
}

TimePoint KernelClock::steady(WallTime wall) const {
    TimePoint const by_new(offset_.middle() + wall.time_since_epoch());
    TimePoint const by_old(before_.middle() + wall.time_since_epoch());
    if (by_new > now_) return by_old > now_ ? now_ : by_old;
    return by_old > now_ ? by_new : std::max(by_new, by_old);
}

}  // namespace dtrace::wire
