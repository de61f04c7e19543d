#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace dtrace::analysis {

/// At most `capacity` of the values given, evenly spaced over their order of arrival: each time it
/// is full, every second one goes and half as many are taken from then on. Deterministic.
class ThinnedSample {
  public:
    explicit ThinnedSample(std::size_t capacity = 256) : capacity_(capacity) {}

    void add(std::int64_t value) {
        if (seen_++ % stride_ != 0) return;
        if (values_.size() == capacity_) {
            for (std::size_t i = 0; 2 * i < values_.size(); ++i)
                values_[i] = values_[2 * i];
            values_.resize((values_.size() + 1) / 2);
            stride_ *= 2;
            if ((seen_ - 1) % stride_ != 0) return;
        }
        values_.push_back(value);
    }

    [[nodiscard]] std::uint64_t seen() const { return seen_; }

    [[nodiscard]] std::vector<std::int64_t> sorted() const {
        auto values = values_;
        std::ranges::sort(values);
        return values;
    }

  private:
    std::size_t capacity_;
    std::uint64_t stride_ = 1;
    std::uint64_t seen_ = 0;
    std::vector<std::int64_t> values_;
};

}  // namespace dtrace::analysis
