#pragma once

#include "loss/loss_model.hpp"
#include "loss/testimony.hpp"

#include <cstdint>
#include <vector>

namespace dtrace::analysis {

/// Packets that had to cross a link, to responders that answer in full; where there are none, to
/// the best of the others.
struct Crossed {
    std::uint32_t flows = 0;
    double sent = 0;
    double arriving = 0;  ///< of them, less what known lossy links take
    double answered = 0;
    double dispersion = 1;

    /// No more than this is lost on the link, with 1 − `error` confidence: whatever a responder
    /// leaves unanswered is counted against the link.
    [[nodiscard]] double upper_limit(double error) const;
};

/// By link. A link beyond which nobody answers has nothing sent.
[[nodiscard]] std::vector<Crossed> crossed(LossModel& model);

}  // namespace dtrace::analysis
