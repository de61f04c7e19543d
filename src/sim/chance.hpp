#pragma once

#include "address_key.hpp"

#include <dtrace/core/time.hpp>

#include <cstdint>

namespace dtrace::sim {

/// The dice of a simulation: the same seed, the same throws (splitmix64, which unlike the
/// distributions of the standard library is the same everywhere).
class Chance {
  public:
    explicit Chance(std::uint64_t seed) : state_(mixed(seed + step)) {}

    std::uint64_t number() { return mixed(state_ += step); }

    /// True with this probability.
    bool happens(double probability) {
        return probability > 0 && static_cast<double>(number() >> 11) * 0x1p-53 < probability;
    }

    /// 0 to this many microseconds, evenly.
    Duration up_to(std::uint32_t microseconds_) {
        if (microseconds_ == 0) return {};
        auto const limit = std::uint64_t{microseconds_} * 1000 + 1;
        return std::chrono::nanoseconds(number() % limit);
    }

  private:
    static constexpr std::uint64_t step = 0x9e3779b97f4a7c15U;

    std::uint64_t state_;
};

}  // namespace dtrace::sim
