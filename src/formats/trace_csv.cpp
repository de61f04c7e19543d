#include "csv_line.hpp"

#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/formats/trace_csv.hpp>

namespace dtrace::formats {

namespace {

std::string answer_line(Trace const& trace, Path const& path, Hop const& hop,
                        Answer const* answer) {
    CsvLine line;
    line.text(to_text(trace.id))
        .text(trace.probe)
        .text(trace.measurement ? trace.measurement->name : "")
        .text(trace.target.host)
        .text(to_text(trace.started_at))
        .number(path.flow)
        .number(hop.ttl)
        .number(hop.sent);
    if (!answer) return std::move(line.text("").text("").text("").text("")).end();
    line.text(to_text(answer->from))
        .text(answer->name.value_or(""))
        .text(to_text(answer->kind))
        .number(answer->rtt_us);
    return std::move(line).end();
}

}  // namespace

std::string_view trace_csv_header() {
    return "trace,probe,measurement,target,started_at,flow,ttl,sent,from,name,kind,rtt_us\r\n";
}

std::string to_trace_csv(Trace const& trace) {
    std::string text;
    for (auto const& path : trace.paths)
        for (auto const& hop : path.hops) {
            if (hop.answers.empty()) text += answer_line(trace, path, hop, nullptr);
            for (auto const& answer : hop.answers)
                text += answer_line(trace, path, hop, &answer);
        }
    return text;
}

}  // namespace dtrace::formats
