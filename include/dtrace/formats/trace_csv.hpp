#pragma once

#include <dtrace/model/trace.hpp>

#include <string>
#include <string_view>

namespace dtrace::formats {

/// The names of the columns.
[[nodiscard]] std::string_view trace_csv_header();

/// A line for each answer, one for each silent hop, below trace_csv_header (RFC 4180): what the
/// dashboard exports, too.
[[nodiscard]] std::string to_trace_csv(Trace const& trace);

}  // namespace dtrace::formats
