#pragma once

#include <dtrace/analysis/loss_verdict.hpp>

#include <string>

namespace dtrace::analysis {

/// A verdict in one line, from its other members.
[[nodiscard]] std::string summary_of(LossVerdict const& verdict);

}  // namespace dtrace::analysis
