#pragma once

#include <dtrace/model/trace.hpp>

#include <span>
#include <string>

namespace dtrace::formats {

/// Traces as results of RIPE Atlas, a JSON list with one for each flow, as its documentation of
/// traceroute results has them (https://atlas.ripe.net/docs/apis/result-format/). The numbers of
/// measurements and probes are RIPE's and none of ours: 0; who measured stands in `dtrace_probe`,
/// `dtrace_measurement` and `dtrace_trace`. A trace without paths has one result, which says why.
[[nodiscard]] std::string to_ripe_atlas(std::span<Trace const> traces);

}  // namespace dtrace::formats
