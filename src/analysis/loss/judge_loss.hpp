#pragma once

#include <dtrace/analysis/locate_loss.hpp>

namespace dtrace::analysis {

/// A verdict, and what more packets may change of the culprits that it names.
struct JudgedLoss {
    LossVerdict verdict;
    bool halved = false;   ///< another link may lose half of what one of them does
    bool narrows = false;  ///< they may tell the links of a segment apart
};

/// locate_loss() for those who can wait for more packets.
[[nodiscard]] JudgedLoss judge_loss(Evidence const& evidence, LossParameters const& parameters);

}  // namespace dtrace::analysis
