#pragma once

#include "loss/loss_model.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace dtrace::analysis {

/// A hypothesis whose losses were adjusted to one another.
struct JointFit {
    std::vector<LossyLink> links;
    double gain = 0;  ///< nats over `before`
};

/// Gives the links `numbers`, one after the other and again, the loss that explains most beside the
/// others; from what they lose in `links` on. `before` are the same links, of which those may lose
/// something else, or nothing. Leaves another hypothesis assumed in `model`.
[[nodiscard]] JointFit fit_jointly(LossModel& model, std::vector<LossyLink> before,
                                   std::vector<LossyLink> const& links,
                                   std::span<std::size_t const> numbers);

/// Numbers of the links of a hypothesis of whose responders more than 2 % are beyond `link`, too:
/// what this one loses changes what they are taken to lose.
[[nodiscard]] std::vector<std::size_t> sharing_witnesses(EvidenceTable const& table,
                                                         std::vector<LossyLink> const& links,
                                                         LinkIndex link);

/// Nats by which `other` explains the counts better than `one`, less what its links cost more.
/// Both are weighed by the same responders, which Weight::odds of two links are not. Leaves
/// another hypothesis assumed in `model`.
[[nodiscard]] double advantage(LossModel& model, std::vector<LossyLink> const& one,
                               std::vector<LossyLink> const& other);

[[nodiscard]] std::vector<LossyLink> without(std::vector<LossyLink> links, std::size_t number);

}  // namespace dtrace::analysis
