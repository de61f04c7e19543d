#pragma once

#include <dtrace/core/time.hpp>

#include <algorithm>
#include <cstdint>
#include <random>

namespace dtrace::probe {

struct BackoffLimits {
    Duration first = seconds(1);
    Duration longest = seconds(60);
};

/// Pure: how long to wait after one more failure. Exponential with full jitter, so that many probes
/// that lost the same master do not come back at the same moment; never less than an eighth of
/// `first`, so that no failure is answered at once.
class Backoff {
  public:
    Backoff(BackoffLimits limits, std::uint64_t seed) : limits_(limits), random_(seed) {}

    [[nodiscard]] Duration next() {
        ++failures_;
        ceiling_ = failures_ == 1 ? limits_.first : std::min(limits_.longest, ceiling_ * 2);
        auto const floor = std::min(limits_.first / 8, ceiling_);
        std::uniform_int_distribution<Duration::rep> draw(floor.count(), ceiling_.count());
        return Duration(draw(random_));
    }

    void reset() { failures_ = 0; }

    /// Since the last reset().
    [[nodiscard]] std::uint64_t failures() const { return failures_; }

  private:
    BackoffLimits limits_;
    std::mt19937_64 random_;
    Duration ceiling_{};
    std::uint64_t failures_ = 0;
};

}  // namespace dtrace::probe
