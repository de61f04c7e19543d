#pragma once

#include <dtrace/analysis/locate_loss.hpp>

#include <cstdint>

namespace dtrace::analysis {

/// Looks for loss round by round, and says when enough has been seen.
///
/// Looking often would find something in the end, whatever the network: so it looks only when there
/// are 1.4 times as many rounds as at the last look, and each look may err with the sixteenth part
/// of what all may. For sixteen looks, 200 times the first round, all together are wrong in one run
/// of twenty at most.
class LossWatch {
  public:
    explicit LossWatch(LossParameters const& parameters = {});

    /// True when this round brought a new verdict.
    bool add(Trace const& trace);
    /// The last verdict would not change with more packets: it is clean, or names links that none
    /// other can take the place of, and another one beside them would have shown.
    [[nodiscard]] bool certain() const { return certain_; }
    [[nodiscard]] LossVerdict const& verdict() const { return verdict_; }
    /// With all that was added, at the error that is allowed once.
    [[nodiscard]] LossVerdict conclude() const;

    [[nodiscard]] Evidence const& evidence() const { return evidence_; }
    [[nodiscard]] std::uint32_t rounds() const { return rounds_; }

  private:
    LossParameters parameters_;
    Evidence evidence_;
    LossVerdict verdict_;
    std::uint32_t rounds_ = 0;
    std::uint32_t next_look_ = 1;
    std::uint32_t exact_since_ = 0;  ///< the look that named the same number of links exactly
    bool certain_ = false;
};

}  // namespace dtrace::analysis
