#include "reporting/report_answer.hpp"

#include <dtrace/json/read.hpp>

#include <set>

namespace dtrace::probe {

namespace {

bool accounts_for(ReportReceipt const& receipt, std::size_t traces) {
    std::set<std::uint32_t> refused;
    for (auto const& each : receipt.refused)
        if (each.index >= traces || !refused.insert(each.index).second) return false;
    return std::uint64_t{receipt.accepted} + receipt.known + refused.size() == traces;
}

}  // namespace

ReportAnswer read_report_answer(Result<http::ClientResponse> const& answer, std::size_t traces,
                                RetryLimits const& limits) {
    if (!answer) return failure_of(answer.error());
    switch (answer->status) {
        case 400:
        case 413:
        case 422:
            return BadReport{failure_of(*answer, limits).reason};
        case 200:
        case 201:
        case 202:
            break;
        default:
            return failure_of(*answer, limits);
    }
    auto receipt = json::read<ReportReceipt>(answer->body, json::UnknownKeys::ignore);
    if (!receipt) return Failure{"receipt not understood: " + receipt.error().text()};
    if (!accounts_for(*receipt, traces))
        return Failure{"receipt does not account for every trace of the report"};
    return std::move(*receipt);
}

}  // namespace dtrace::probe
