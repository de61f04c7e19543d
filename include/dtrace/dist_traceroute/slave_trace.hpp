#pragma once

#include <dtrace/dist_traceroute/slave_message.hpp>
#include <dtrace/model/trace.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace dtrace::dist_traceroute {

/// What the result of a slave is about, as its master knows it.
struct SlaveMeasurement {
    std::optional<MeasurementName> measurement;
    std::string host;           ///< what was traced to
    std::uint32_t retries = 1;  ///< what the slave was told, where its result does not say
    std::uint32_t max_hops = 30;
};

/// The trace that a result tells of. Never fails: what cannot be true becomes a trace that ended
/// with `error` and says so. What a slave does not know stays unknown: the source, ports (each of
/// its packets has another), TTLs of replies. A hop that answered counts one packet, a silent one
/// all its tries.
///
/// The id is of version 8, made from the result's content, so that a result that comes again is the
/// same trace; no other trace has an id of this version.
[[nodiscard]] Trace to_trace(SlaveResult const& result, std::string_view slave,
                             SlaveMeasurement const& about, Timestamp now);

/// Whether a trace came from a dist-traceroute slave.
[[nodiscard]] inline bool is_from_slave(Trace const& trace) {
    return trace.id.bytes[6] >> 4 == 8;
}

}  // namespace dtrace::dist_traceroute
