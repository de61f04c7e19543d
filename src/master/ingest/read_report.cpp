#include "ingest/read_report.hpp"

#include "ingest/check_trace.hpp"
#include "ingest/split_report.hpp"

#include <dtrace/json/read.hpp>

#include <optional>
#include <utility>

namespace dtrace::master {

namespace {

/// What of a trace can be read when the whole cannot.
std::optional<Uuid> readable_id(std::string_view text) {
    json::Document const document(text);
    auto const root = document.root();
    if (!root) return std::nullopt;
    auto const* object = (*root)->if_object();
    auto const* id = object ? object->if_contains("id") : nullptr;
    auto const* id_text = id ? id->if_string() : nullptr;
    auto const uuid = parse<Uuid>(id_text ? std::string_view(*id_text) : std::string_view());
    if (!uuid) return std::nullopt;
    return *uuid;
}

}  // namespace

json::ReadResult<ReadReport> read_report(std::string_view body, Timestamp now,
                                         std::size_t max_traces) {
    auto const texts = split_report(body, max_traces);
    if (!texts) return texts.error();
    ReadReport report;
    for (std::uint32_t i = 0; i < texts->size(); ++i) {
        std::string_view const text = (*texts)[i];
        auto trace = json::read<Trace>(text, json::UnknownKeys::ignore);
        if (!trace) {
            report.refused.push_back({i, readable_id(text), trace.error().text()});
        } else if (auto const fault = find_fault(*trace, now)) {
            report.refused.push_back({i, trace->id, fault->text()});
        } else {
            report.traces.push_back(std::move(*trace));
            report.indices.push_back(i);
        }
    }
    return report;
}

}  // namespace dtrace::master
