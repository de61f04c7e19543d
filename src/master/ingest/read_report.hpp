#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/json/fault.hpp>
#include <dtrace/model/report.hpp>
#include <dtrace/model/trace.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace dtrace::master {

/// A report, each trace of it judged alone.
struct ReadReport {
    std::vector<Trace> traces;           ///< those that are in order
    std::vector<std::uint32_t> indices;  ///< of `traces` in the report
    std::vector<RefusedTrace> refused;
};

/// Pure, and fit for another thread. A fault means that the body as a whole is no report.
[[nodiscard]] json::ReadResult<ReadReport> read_report(std::string_view body, Timestamp now,
                                                       std::size_t max_traces);

}  // namespace dtrace::master
