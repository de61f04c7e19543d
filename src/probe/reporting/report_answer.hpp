#pragma once

#include "retry.hpp"

#include <dtrace/http/client.hpp>
#include <dtrace/model/report.hpp>

#include <cstddef>
#include <string>
#include <variant>

namespace dtrace::probe {

/// The report itself is wrong or too large, and would be so again: one of its traces spoils it.
struct BadReport {
    std::string reason;
};

using ReportAnswer = std::variant<ReportReceipt, BadReport, Failure>;

/// Pure: what the answer to a report of `traces` traces means. Only a receipt that accounts for
/// each of them lets them go; anything else that calls itself a success is a failure.
[[nodiscard]] ReportAnswer read_report_answer(Result<http::ClientResponse> const& answer,
                                              std::size_t traces, RetryLimits const& limits);

/// Pure: how many traces go into a report. Halved by each bad report until the trace that spoils it
/// is alone; doubled by each good one.
class ReportSize {
  public:
    explicit ReportSize(std::size_t most) : most_(most), traces_(most) {}

    [[nodiscard]] std::size_t traces() const { return traces_; }
    void good() { traces_ = std::min(most_, traces_ * 2); }
    void bad(std::size_t sent) { traces_ = std::max<std::size_t>(1, sent / 2); }

  private:
    std::size_t most_;
    std::size_t traces_;
};

}  // namespace dtrace::probe
