#include "resources/trace_forms.hpp"

#include <dtrace/formats/ripe_atlas.hpp>
#include <dtrace/formats/trace_csv.hpp>
#include <dtrace/formats/traceroute_text.hpp>
#include <dtrace/json/write.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dtrace::master {

namespace {

struct FormRow {
    std::string_view name;
    TraceForm form;
    std::string_view type;
};

constexpr std::array forms{
    FormRow{"json", TraceForm::json, "application/json"},
    FormRow{"text", TraceForm::text, "text/plain; charset=utf-8"},
    FormRow{"csv", TraceForm::csv, "text/csv; charset=utf-8"},
    FormRow{"atlas", TraceForm::atlas, "application/json"},
};

/// traceroute's text does not say who measured, and when.
std::string texts_of(std::vector<Trace> const& traces) {
    std::string text;
    for (auto const& trace : traces) {
        if (!text.empty()) text += '\n';
        text += fmt::format("{} from {}: {}", to_text(trace.started_at), trace.probe,
                            formats::to_traceroute_text(trace));
    }
    return text;
}

std::string lines_of(std::vector<Trace> const& traces) {
    std::string text(formats::trace_csv_header());
    for (auto const& trace : traces)
        text += formats::to_trace_csv(trace);
    return text;
}

}  // namespace

TraceForm read_form(QueryParameters& query) {
    auto const name = query.text("format");
    if (!name) return TraceForm::json;
    auto const row = std::ranges::find(forms, *name, &FormRow::name);
    if (row != forms.end()) return row->form;
    query.refuse("format", "must be json, text, csv or atlas");
    return TraceForm::json;
}

std::string_view content_type(TraceForm form) {
    return std::ranges::find(forms, form, &FormRow::form)->type;
}

std::string written_as(TraceForm form, std::vector<Trace> const& traces) {
    switch (form) {
        case TraceForm::json:
            break;
        case TraceForm::text:
            return texts_of(traces);
        case TraceForm::csv:
            return lines_of(traces);
        case TraceForm::atlas:
            return formats::to_ripe_atlas(traces);
    }
    return json::write(traces);
}

}  // namespace dtrace::master
