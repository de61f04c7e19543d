#pragma once

#include <dtrace/analysis/evidence.hpp>
#include <dtrace/analysis/loss_verdict.hpp>

namespace dtrace::analysis {

struct LossParameters {
    /// A network is clean when no link can lose more than this.
    double clean_below = 0.01;
    /// The probability that a link loses more than the bound that is given.
    double error = 0.05;
    /// A culprit is named when the counts are e^odds times as likely with it as without.
    double odds = 6;
};

/// Which links lose packets, and how sure that is: the method is in docs/analysis.md. One function
/// for one trace, one measurement over time, and all probes of a network. Deterministic; time and
/// memory grow with the number of hops in the evidence.
[[nodiscard]] LossVerdict locate_loss(Evidence const& evidence,
                                      LossParameters const& parameters = {});

}  // namespace dtrace::analysis
