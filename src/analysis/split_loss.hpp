#pragma once

#include "loss_model.hpp"

#include <cstddef>
#include <span>

namespace dtrace::analysis {

/// What one link was taken to lose, shared out between that link and another one of its routes.
struct Split {
    LossyLink kept;        ///< the link that was taken to lose all, with what is left to it
    LossyLink other;       ///< loses the rest
    double gain = -1e300;  ///< nats over the one link alone, less the price of the other
    /// Of the share that the first of them loses: only the responders between them have seen it.
    double deviation = 0;
};

/// The best way to share out what link `number` of the hypothesis loses with one of `others`. What
/// lies beyond both links loses as much as before: only responders between them can tell. Leaves
/// the hypothesis as it was.
[[nodiscard]] Split best_split(LossModel& model, std::size_t number,
                               std::span<LinkIndex const> others);

}  // namespace dtrace::analysis
