#pragma once

#include "loss/loss_model.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dtrace::analysis {

/// What the best responders beyond a link say of it: of each class that crosses it the row of that
/// responder beyond which answers most.
struct Testimony {
    double sent = 0;
    double answered = 0;
    double arriving = 0;    ///< of those sent, less what known lossy links take
    double dispersion = 1;  ///< the largest of the cells that it is from

    /// How much is missing, in standard deviations.
    [[nodiscard]] double deficit() const;
};

/// By link.
[[nodiscard]] std::vector<Testimony> testimonies(LossModel const& model);

/// Links beyond which less arrives than at, or behind, their near ends, with the share that is
/// missing: the `most` significant ones.
[[nodiscard]] std::vector<LossyLink> steps_down(LossModel const& model, std::size_t most);

/// Links between which no evidence of this table can tell: the same responders testify about them.
/// Equal numbers for equal links; by link.
[[nodiscard]] std::vector<std::uint32_t> equivalence(EvidenceTable const& table);

}  // namespace dtrace::analysis
