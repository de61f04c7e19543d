#pragma once

#include "loss/loss_model.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace dtrace::analysis {

/// What one link was taken to lose, shared out between that link and another one of its routes.
struct Split {
    LinkIndex kept = 0;            ///< the link that was taken to lose all
    LinkIndex other = 0;           ///< loses part of it
    double gain = 0;               ///< nats over the one link alone, less the price of the other
    double total = 0;              ///< what both lose
    std::vector<LossyLink> links;  ///< the whole hypothesis
};

struct Sharing {
    std::vector<Split> ways;
    /// Nats over the one link alone, where another one loses as much as what is left to it.
    double halved = -1e300;
};

/// The best way for each of `others` to share what link `number` of the hypothesis loses. What
/// lies beyond both links loses as much as before: only responders between them can tell. Leaves
/// the hypothesis as it was.
[[nodiscard]] Sharing ways_to_split(LossModel& model, std::size_t number,
                                    std::span<LinkIndex const> others);

}  // namespace dtrace::analysis
