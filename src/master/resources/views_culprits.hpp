#pragma once

#include <dtrace/analysis/loss_verdict.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/event.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

// The members below are JSON of the API, name by name (docs/api.md).

/// What was accused of at one time.
struct CulpritMoment {
    Timestamp at;
    analysis::Interval loss;

    friend bool operator==(CulpritMoment const&, CulpritMoment const&) = default;
};
BOOST_DESCRIBE_STRUCT(CulpritMoment, (), (at, loss))

/// A culprit over time: what the evidence said when it was last accused.
struct CulpritRecord : analysis::Culprit {
    Uuid id;
    bool open = true;
    Timestamp first_seen;
    Timestamp last_seen;
    std::optional<Timestamp> closed_at;
    std::optional<Uuid> opened_by;  ///< the event
    /// Its accusations, oldest first; of many every other one, from the first to the last.
    std::vector<CulpritMoment> course;
    std::optional<analysis::Interval> worst_loss;  ///< the largest that an event told of
    std::map<std::string, std::string> names;      ///< of the segment's addresses, where known
    std::vector<std::string> told_probes;  ///< that its events named; none: an earlier version's
};
BOOST_DESCRIBE_STRUCT(CulpritRecord, (analysis::Culprit),
                      (id, open, first_seen, last_seen, closed_at, opened_by, course, worst_loss,
                       names, told_probes))

/// What the evidence of the last minutes says as a whole.
struct VerdictView {
    Timestamp at;
    analysis::Verdict verdict = analysis::Verdict::undecided;
    std::string summary;
    std::optional<double> bound;
    std::vector<analysis::Ambiguity> ambiguities;
    std::vector<analysis::AccessSuspect> access;
    std::vector<analysis::DeafResponder> deaf;
    std::vector<std::string> needed;
    std::uint64_t traces = 0;
    std::uint32_t probes = 0;
    std::uint32_t flows = 0;
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
    std::uint32_t voided = 0;
    std::uint64_t counted = 0;       ///< of the traces, those whose target counted what arrived
    std::uint64_t contradicted = 0;  ///< and those whose counts do not fit those of the target
};
BOOST_DESCRIBE_STRUCT(VerdictView, (),
                      (at, verdict, summary, bound, ambiguities, access, deaf, needed, traces,
                       probes, flows, sent, answered, voided, counted, contradicted))

struct CulpritList {
    std::optional<VerdictView> now;
    std::vector<CulpritRecord> culprits;
};
BOOST_DESCRIBE_STRUCT(CulpritList, (), (now, culprits))

struct EventList {
    std::vector<Event> events;
    std::optional<std::string> next;
    std::optional<std::uint64_t> unreadable;  ///< of this page, left out
};
BOOST_DESCRIBE_STRUCT(EventList, (), (events, next, unreadable))

}  // namespace dtrace::master
