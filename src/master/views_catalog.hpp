#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/model/measurement.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

// The members below are JSON of the API, name by name (docs/api.md).

struct ProbeView {
    std::string name;
    std::vector<std::string> tags;
    bool online = false;
    std::uint64_t measurements = 0;
    std::uint64_t traces_since_start = 0;
    std::optional<Timestamp> last_seen;
    std::optional<IpAddress> address;
    std::optional<std::string> version;
};
BOOST_DESCRIBE_STRUCT(ProbeView, (),
                      (name, tags, online, measurements, traces_since_start, last_seen, address,
                       version))

struct ProbeList {
    std::vector<ProbeView> probes;
};
BOOST_DESCRIBE_STRUCT(ProbeList, (), (probes))

struct MeasurementList {
    std::vector<Measurement> measurements;
};
BOOST_DESCRIBE_STRUCT(MeasurementList, (), (measurements))

struct TraceList {
    std::vector<Trace> traces;
    std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(TraceList, (), (traces, next))

}  // namespace dtrace::master
