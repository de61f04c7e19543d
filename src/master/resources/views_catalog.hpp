#pragma once

#include "catalog/definitions.hpp"

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

// The members below are JSON of the API, name by name (docs/api.md). What ends in Input is a body
// that is sent to the master.

struct ProbeView {
    std::string name;
    Origin origin = Origin::file;
    std::vector<std::string> tags;
    std::optional<std::string> description;
    bool online = false;
    std::uint64_t measurements = 0;
    std::uint64_t traces_since_start = 0;
    std::optional<Timestamp> last_seen;
    std::optional<IpAddress> address;
    std::optional<IpAddress> mesh_address;
    std::optional<std::string> version;
    std::optional<Timestamp> created_at;
    std::optional<Timestamp> changed_at;
    std::optional<std::string> secret;  ///< once, where the master made it up
};
BOOST_DESCRIBE_STRUCT(ProbeView, (),
                      (name, origin, tags, description, online, measurements, traces_since_start,
                       last_seen, address, mesh_address, version, created_at, changed_at, secret))

struct ProbeList {
    std::vector<ProbeView> probes;
    std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(ProbeList, (), (probes, next))

struct ProbeInput {
    std::optional<std::string> name;    ///< PUT: as in the path
    std::optional<std::string> secret;  ///< absent in POST: the master makes one up; else it stays
    std::vector<std::string> tags;
    std::optional<std::string> description;
    std::optional<IpAddress> mesh_address;
};
BOOST_DESCRIBE_STRUCT(ProbeInput, (), (name, secret, tags, description, mesh_address))

enum class OnceState : std::uint8_t { running, complete, incomplete };
BOOST_DESCRIBE_ENUM(OnceState, running, complete, incomplete)

/// Traces of those waited for, as far as they are; kept in memory only.
struct OnceProgress {
    std::uint64_t changes = 0;
    std::vector<Trace> traces;
};
BOOST_DESCRIBE_STRUCT(OnceProgress, (), (changes, traces))

/// How a measurement on demand stands.
struct OnceView {
    OnceState state = OnceState::running;
    Timestamp deadline;
    std::vector<std::string> asked;
    std::vector<std::string> waiting;  ///< have not reported yet
    std::vector<std::string> missing;  ///< have not reported, and will not
    std::vector<Trace> traces;         ///< the oldest first
    OnceProgress progress;             ///< its traces only for who asks for progress
    /// Traces left out, whose probes are among `missing` once nobody is waited for.
    std::optional<std::uint64_t> unreadable;
};
BOOST_DESCRIBE_STRUCT(OnceView, (),
                      (state, deadline, asked, waiting, missing, traces, progress, unreadable))

struct MeasurementView : Measurement {
    Origin origin = Origin::file;
    std::vector<std::string> unknown_probes;  ///< of `probes`; nobody measures for them
    std::vector<MeasurementName> parts;       ///< of a mesh
    std::optional<Timestamp> created_at;
    std::optional<Timestamp> changed_at;
    std::optional<OnceView> once;
};
BOOST_DESCRIBE_STRUCT(MeasurementView, (Measurement),
                      (origin, unknown_probes, parts, created_at, changed_at, once))

struct MeasurementList {
    std::vector<MeasurementView> measurements;
    std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(MeasurementList, (), (measurements, next))

struct MeasurementInput {
    std::string name;
    std::string target;
    ProbingParameters parameters;
    std::optional<std::uint32_t> interval_s;  ///< 60
    std::vector<std::string> probes;
    std::vector<std::string> probe_tags;
    std::optional<std::string> mesh;
    std::vector<std::string> tags;
    bool once = false;                        ///< at once, and not again
    std::optional<std::uint32_t> count;       ///< of `once`: so many of the probes, by lot
    std::optional<std::uint32_t> deadline_s;  ///< of `once`
};
BOOST_DESCRIBE_STRUCT(MeasurementInput, (),
                      (name, target, parameters, interval_s, probes, probe_tags, mesh, tags, once,
                       count, deadline_s))

struct TraceList {
    std::vector<Trace> traces;
    std::optional<std::string> next;
    std::optional<std::uint64_t> unreadable;  ///< of this page, left out
};
BOOST_DESCRIBE_STRUCT(TraceList, (), (traces, next, unreadable))

}  // namespace dtrace::master

namespace dtrace {
template <>
inline constexpr bool all_members_defaulted<master::MeasurementInput> = true;
}  // namespace dtrace
