#include "ingest/read_report.hpp"

#include "ingest/check_trace.hpp"
#include "ingest/split_report.hpp"

#include <dtrace/json/quick_reader.hpp>
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

/// A list of traces as our probes write it; nothing where it is another one, or perhaps wrong.
std::optional<std::vector<Trace>> read_quickly(std::string_view body, std::size_t max_traces) {
    json::QuickReader in(body);
    std::vector<Trace> traces;
    if (!in.take('[')) return std::nullopt;
    do
        if (traces.size() == max_traces || !in.read(traces.emplace_back())) return std::nullopt;
    while (in.take(','));
    if (!in.take(']') || !in.at_end()) return std::nullopt;
    return traces;
}

void add(ReadReport& report, std::uint32_t index, Trace trace, Timestamp now) {
    if (auto const fault = find_fault(trace, now)) {
        report.refused.push_back({index, trace.id, fault->text()});
        return;
    }
    report.traces.push_back(std::move(trace));
    report.indices.push_back(index);
}

}  // namespace

json::ReadResult<ReadReport> read_report(std::string_view body, Timestamp now,
                                         std::size_t max_traces) {
    if (auto traces = read_quickly(body, max_traces)) {
        ReadReport report;
        report.traces.reserve(traces->size());
        for (std::uint32_t i = 0; i < traces->size(); ++i)
            add(report, i, std::move((*traces)[i]), now);
        return report;
    }
    auto const texts = split_report(body, max_traces);
    if (!texts) return texts.error();
    ReadReport report;
    for (std::uint32_t i = 0; i < texts->size(); ++i) {
        std::string_view const text = (*texts)[i];
        auto trace = json::read<Trace>(text, json::UnknownKeys::ignore);
        if (trace)
            add(report, i, std::move(*trace), now);
        else
            report.refused.push_back({i, readable_id(text), trace.error().text()});
    }
    return report;
}

}  // namespace dtrace::master
