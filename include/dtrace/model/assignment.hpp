#pragma once

#include <dtrace/core/uuid.hpp>
#include <dtrace/model/measurement.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
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

/// One probe's share of all measurements.
struct Assignment {
    /// Changes with every change of the content; to be given back as `after`. Never 0.
    std::uint64_t revision = 0;
    std::string probe;
    std::optional<std::string> report_url;  ///< where to report, if not to this master
    std::vector<AssignedMeasurement> measurements;

    friend bool operator==(Assignment const&, Assignment const&) = default;
};
BOOST_DESCRIBE_STRUCT(Assignment, (), (revision, probe, report_url, measurements))

}  // namespace dtrace
