#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/json/fault.hpp>
#include <dtrace/model/trace.hpp>

#include <optional>

namespace dtrace::master {

/// Why this trace cannot be the result of a round that took place: what no probe measures, and what
/// is too large to keep. Nothing that a probe of ours reports in good faith is refused, unless its
/// clock is wrong by years, or ahead by a day.
[[nodiscard]] std::optional<json::Fault> find_fault(Trace const& trace, Timestamp now);

}  // namespace dtrace::master
