#pragma once

#include <dtrace/analysis/rtt_shift.hpp>
#include <dtrace/model/event.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace dtrace::analysis {

/// The median of microseconds, and where it lies with 95 % confidence by Wilson's ranks. `values`
/// is sorted and not empty.
[[nodiscard]] EstimateRange median_range(std::vector<std::int64_t> const& values);

/// Bin after bin of one link: what is usual, and whether that has changed.
class DelayLevel {
  public:
    enum class Turn : std::uint8_t { none, shifted, settled, adopted };

    /// `beyond`: the median of what the quickest hop behind the far end takes longer than the near
    /// end, where there is one. Growth that it does not share is the far end's slowness to answer.
    [[nodiscard]] Turn feed(EstimateRange const& bin, std::optional<double> beyond,
                            RttShift::Options const& options);

    [[nodiscard]] EstimateRange const& usual() const { return usual_; }
    /// The last bin began to speak for a turn, and may be the first of those that make it.
    [[nodiscard]] bool may_begin() const { return against_ == 1; }

  private:
    [[nodiscard]] bool is_shared(double growth, std::optional<double> beyond) const;
    void follow(EstimateRange const& bin, std::optional<double> beyond, double weight);

    EstimateRange usual_;
    std::optional<double> usual_beyond_;
    std::uint32_t bins_ = 0;  ///< learnt from
    bool shifted_ = false;
    std::uint32_t against_ = 0;  ///< bins in a row that speak against shifted_
    std::uint32_t apart_ = 0;    ///< bins in a row that were apart from the usual
};

}  // namespace dtrace::analysis
