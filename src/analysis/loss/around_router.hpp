#pragma once

#include "loss/search_loss.hpp"

#include <vector>

namespace dtrace::analysis {

/// A router that answers part of what reaches it does not tell what is lost before it from what is
/// lost behind it, and a router at fault is no rarer than a link: where all links on its other
/// side, if they lost as much as one another, would explain the counts as well, they belong to what
/// is named. The search's links are assumed in `model`, and stay it.
void merge_around_routers(LossModel& model, std::vector<Finding>& findings);

}  // namespace dtrace::analysis
