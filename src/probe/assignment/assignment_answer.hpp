#pragma once

#include "retry.hpp"

#include <dtrace/http/client.hpp>
#include <dtrace/model/assignment.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace dtrace::probe {

/// The assignment held is still the right one.
struct Unchanged {};

using AssignmentAnswer = std::variant<Assignment, Unchanged, Failure>;

/// Pure: what the master's answer to "what is my assignment after revision `held`?" (0: none yet)
/// means. An assignment is taken as a whole or refused as a whole.
[[nodiscard]] AssignmentAnswer read_assignment_answer(Result<http::ClientResponse> const& answer,
                                                      std::uint64_t held,
                                                      RetryLimits const& limits);

/// Why an assignment cannot be carried out, with the path inside it
/// ("measurements[2].interval_s: must be 1 to 604800").
[[nodiscard]] std::optional<std::string> find_fault(Assignment const& assignment);

}  // namespace dtrace::probe
