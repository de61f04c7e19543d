#pragma once

#include <dtrace/analysis/loss_verdict.hpp>

#include <string>

namespace dtrace::formats {

/// The verdict for a person: one line that says it, then why, what speaks for and against each
/// culprit, who answers badly without being one, and what would decide it.
[[nodiscard]] std::string to_verdict_text(analysis::LossVerdict const& verdict);

}  // namespace dtrace::formats
