#pragma once

#include "watch/evidence_window.hpp"

#include <dtrace/analysis/locate_loss.hpp>
#include <dtrace/core/time.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

/// A link that a verdict accuses, with what it loses while it does: neither the time before the
/// loss began nor the time since it ended counts.
struct Accusation {
    analysis::Culprit culprit;
    std::optional<Timestamp> began{};            ///< within the window
    std::optional<Timestamp> ended{};            ///< likewise: it does not lose packets any more
    std::map<std::string, std::string> names{};  ///< of the segment's addresses, where known
};

struct Judgement {
    analysis::LossVerdict verdict;  ///< accuses those that are not over
    std::size_t traces = 0;         ///< that the verdict is of
    std::vector<Accusation> accused;
};

/// What the window's traces say. The loss of the most certain culprits is looked at closely; where
/// all that was lost is over, the verdict is of the time since. Pure.
[[nodiscard]] Judgement judge_window(EvidenceWindow const& window,
                                     analysis::LossParameters const& parameters);

}  // namespace dtrace::master
