#pragma once

#include <dtrace/json/fault.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace dtrace::master {

/// The texts of a report's traces, so that each can be read, and refused, alone: the elements of a
/// JSON array when the first character is '[', else the lines of NDJSON that are not blank. What an
/// element holds is not looked at. Views into `body`. At most `max_traces`.
[[nodiscard]] json::ReadResult<std::vector<std::string_view>> split_report(std::string_view body,
                                                                           std::size_t max_traces);

}  // namespace dtrace::master
