#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/measurement.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace {

/// One measurement as a probe is told of it.
struct AssignedMeasurement {
    Uuid id;
    std::string name;
    std::string target;
    ProbingParameters parameters;
    std::uint32_t interval_s = 60;

    friend bool operator==(AssignedMeasurement const&, AssignedMeasurement const&) = default;
};
BOOST_DESCRIBE_STRUCT(AssignedMeasurement, (), (id, name, target, parameters, interval_s))

/// One-off work: a round to run at once, ahead of the recurring ones, and once.
struct OnceItem {
    Uuid id;                      ///< of this order, version 7: its time is when it was given
    MeasurementName measurement;  ///< which the trace is reported for; on demand its id is `id`
    std::string target;
    ProbingParameters parameters;
    /// When the master takes the order back. A probe, whose clock may be wrong, need not look at
    /// it: what is no longer in its assignment is not begun any more.
    Timestamp deadline;

    friend bool operator==(OnceItem const&, OnceItem const&) = default;
};
BOOST_DESCRIBE_STRUCT(OnceItem, (), (id, measurement, target, parameters, deadline))

/// The id of the trace that this probe makes of the item; version 7, with the item's time. A probe
/// that forgot what it did and does it again thus reports a trace that the master holds already.
[[nodiscard]] Uuid once_trace_id(Uuid const& item, std::string_view probe);

/// One probe's share of all measurements.
struct Assignment {
    /// Changes with every change of the content; to be given back as `after`. Never 0.
    std::uint64_t revision = 0;
    std::string probe;
    std::optional<std::string> report_url;  ///< where to report, if not to this master
    std::vector<AssignedMeasurement> measurements;
    std::vector<OnceItem> once;  ///< each to be carried out once, by its id

    friend bool operator==(Assignment const&, Assignment const&) = default;
};
BOOST_DESCRIBE_STRUCT(Assignment, (), (revision, probe, report_url, measurements, once))

}  // namespace dtrace
