#pragma once

#include <dtrace/model/event.hpp>
#include <dtrace/model/trace.hpp>

namespace dtrace::analysis {

/// What every event of one probe and measurement has; without an id, which the keeper gives.
[[nodiscard]] inline Event event_of(Trace const& trace, EventKind kind, Severity severity) {
    Event event;
    event.kind = kind;
    event.severity = severity;
    event.at = trace.started_at;
    event.probes = {trace.probe};
    event.measurement = trace.measurement;
    event.subject.target = trace.target.host;
    event.evidence.rounds = 1;
    event.evidence.traces = {trace.id};
    return event;
}

}  // namespace dtrace::analysis
