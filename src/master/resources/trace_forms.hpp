#pragma once

#include "api/query_parameters.hpp"

#include <dtrace/model/trace.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace dtrace::master {

/// What traces are asked for as, by `format` of the query.
enum class TraceForm { json, text, csv, atlas };

/// A fault of the query where there is no such form.
[[nodiscard]] TraceForm read_form(QueryParameters& query);

[[nodiscard]] std::string_view content_type(TraceForm form);

/// In any form but our own JSON, whose envelope is the route's.
[[nodiscard]] std::string written_as(TraceForm form, std::vector<Trace> const& traces);

}  // namespace dtrace::master
