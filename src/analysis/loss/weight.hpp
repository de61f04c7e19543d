#pragma once

#include "evidence/evidence_table.hpp"

namespace dtrace::analysis {

/// No link is taken to lose less, or more.
inline constexpr double least_loss = 1e-5;
inline constexpr double most_loss = 1 - 1e-6;
/// Half of the 95 % quantile of chi-squared: where the likelihood ratio closes an interval.
inline constexpr double interval_drop = 1.92;
/// ln 20: targets that speak so much against a loss acquit the link.
inline constexpr double acquitted = 3;
/// A single packet that is lost is worth some nine: anything may have happened to it.
inline constexpr double accused_by_arrivals = 10;

/// A link that is taken to lose packets.
struct LossyLink {
    LinkIndex link = 0;
    double loss = 0;
};

/// How well a link's loss explains the counts.
struct Weight {
    LinkIndex link = 0;
    double loss = 0;
    double odds = 0;      ///< nats gained over the hypothesis that it loses nothing, less its price
    double contrast = 0;  ///< nats gained by responders that hear other flows better
    double of_routers = 0;          ///< of contrast, without targets
    double of_arrivals = 0;         ///< nats gained by what targets have counted themselves
    bool target_testifies = false;  ///< one answers all then, and they do not acquit the link

    /// Routers alone may share a limit; a target, or flows that avoid the link, rule that out. But
    /// where targets have counted what arrived, it is lost on the way back, whoever left it
    /// unanswered.
    [[nodiscard]] bool proves(double odds_wanted) const {
        return odds >= odds_wanted && of_arrivals > -acquitted &&
               (target_testifies || contrast >= odds_wanted);
    }
    /// Only the way there explains it.
    [[nodiscard]] bool arrivals_accuse() const { return of_arrivals >= accused_by_arrivals; }
};

}  // namespace dtrace::analysis
