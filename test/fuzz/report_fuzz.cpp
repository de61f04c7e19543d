#include "ingest/check_trace.hpp"
#include "ingest/read_report.hpp"
#include "ingest/split_report.hpp"
#include "require.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <chrono>
#include <cstdint>
#include <set>
#include <string_view>

using namespace dtrace;
using fuzz::require;

namespace {

constexpr std::size_t max_traces = 64;
constexpr Timestamp now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);

/// What was accepted can be true, and comes back the same from what we write of it.
void check(Trace const& trace) {
    require(!master::find_fault(trace, now));
    auto const again = master::read_report(json::write(trace), now, 1);
    require(again.has_value() && again->traces.size() == 1 && again->traces.front() == trace);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const body(reinterpret_cast<char const*>(data), size);
    auto const texts = master::split_report(body, max_traces);
    auto const report = master::read_report(body, now, max_traces);
    require(texts.has_value() == report.has_value());
    if (!report) return 0;

    require(texts->size() <= max_traces);
    for (auto const text : *texts)
        require(!text.empty() && text.data() >= body.data() &&
                text.data() + text.size() <= body.data() + body.size());
    require(report->traces.size() == report->indices.size());
    require(report->traces.size() + report->refused.size() == texts->size());
    std::set<std::uint32_t> indices(report->indices.begin(), report->indices.end());
    for (auto const& refused : report->refused) {
        require(!refused.reason.empty());
        indices.insert(refused.index);
    }
    require(indices.size() == texts->size());
    for (std::size_t i = 0; i < report->traces.size(); ++i) {
        auto const text = (*texts)[report->indices[i]];
        // However it was read, it is what the document says.
        require(json::read<Trace>(text, json::UnknownKeys::ignore).value() == report->traces[i]);
        check(report->traces[i]);
    }
    return 0;
}
