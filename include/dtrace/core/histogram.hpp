#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dtrace {

/// How many values lay in which range, since the start. Pure.
class Histogram {
  public:
    /// `bounds` rise, and outlive this; a value is counted in the first range whose bound it does
    /// not exceed. A last range takes those above all of them.
    explicit Histogram(std::span<double const> bounds)
        : bounds_(bounds), counts_(bounds.size() + 1) {}

    void note(double value) {
        auto const range = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
        ++counts_[static_cast<std::size_t>(range)];
        sum_ += value;
    }

    [[nodiscard]] std::span<double const> bounds() const { return bounds_; }
    [[nodiscard]] std::vector<std::uint64_t> const& counts() const { return counts_; }
    [[nodiscard]] double sum() const { return sum_; }

  private:
    std::span<double const> bounds_;
    std::vector<std::uint64_t> counts_;
    double sum_ = 0;
};

}  // namespace dtrace
