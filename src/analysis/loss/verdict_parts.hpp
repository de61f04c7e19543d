#pragma once

#include "loss/loss_bound.hpp"
#include "loss/search_loss.hpp"

#include <dtrace/analysis/locate_loss.hpp>

#include <vector>

namespace dtrace::analysis {

// What a person is told, from the hypothesis that the search ended with.

[[nodiscard]] Culprit make_culprit(LossModel& model, Finding const& finding);
/// Of a finding that is an access and told apart from the network.
[[nodiscard]] Culprit make_culprit(LossModel const& model, Finding const& finding,
                                   AccessSuspect const& access);
/// Of the findings that are accesses of probes, in their order.
[[nodiscard]] std::vector<AccessSuspect> access_suspects(LossModel& model,
                                                         std::vector<Finding> const& findings);
/// Those beyond which somebody answers better.
[[nodiscard]] std::vector<DeafResponder> deaf_responders(LossModel& model);
/// Where nobody at the end of a route is heard in full, by `parameters.clean_below`.
[[nodiscard]] std::vector<Ambiguity> ambiguities(LossModel& model,
                                                 std::vector<Crossed> const& crossed,
                                                 LossParameters const& parameters);

/// "1.2 %", with as many digits as matter.
[[nodiscard]] std::string percent(double share);

}  // namespace dtrace::analysis
