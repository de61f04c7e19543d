#pragma once

#include <dtrace/core/described.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/answer.hpp>
#include <dtrace/model/flow.hpp>
#include <dtrace/model/heard.hpp>
#include <dtrace/model/multipath.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace {

// The members below are the JSON of the API, name by name (docs/api.md).

/// Why a round ended (scamper's words).
enum class StopReason : std::uint8_t {
    completed,    ///< every flow reached the target
    unreachable,  ///< a router said that the target cannot be reached
    gap_limit,    ///< too many silent hops in a row
    hop_limit,    ///< max_hops passed without reaching the target
    loop,         ///< the path returns to routers it has left
    cancelled,
    error,  ///< nothing could be measured; Trace::error says why
};
BOOST_DESCRIBE_ENUM(StopReason, completed, unreachable, gap_limit, hop_limit, loop, cancelled,
                    error)

/// Counts over the whole round. `sent` and `answered` are the sums over the hops of all paths, so
/// that their ratio means something; packets that went out beyond the end of a path, before its end
/// was known, are `overshoot`.
struct PacketCounts {
    std::uint32_t sent = 0;
    std::uint32_t answered = 0;
    std::uint32_t overshoot = 0;
    std::uint32_t foreign = 0;    ///< claimed to be ours and was not
    std::uint32_t duplicate = 0;  ///< a further reply to an answered packet
    std::uint32_t late = 0;       ///< after the timeout of its packet, or of an earlier round
    std::uint32_t receiver_dropped = 0;  ///< lost by our own host's sockets while the round ran

    friend bool operator==(PacketCounts const&, PacketCounts const&) = default;
};
BOOST_DESCRIBE_STRUCT(PacketCounts, (),
                      (sent, answered, overshoot, foreign, duplicate, late, receiver_dropped))
template <>
inline constexpr bool all_members_defaulted<PacketCounts> = true;

struct TraceTarget {
    std::string host;                  ///< as it was asked for
    std::optional<IpAddress> address;  ///< absent when the name did not resolve

    friend bool operator==(TraceTarget const&, TraceTarget const&) = default;
};
BOOST_DESCRIBE_STRUCT(TraceTarget, (), (host, address))

struct MeasurementName {
    Uuid id;
    std::string name;

    friend bool operator==(MeasurementName const&, MeasurementName const&) = default;
};
BOOST_DESCRIBE_STRUCT(MeasurementName, (), (id, name))

/// The result of a round.
struct Trace {
    Uuid id;            ///< version 7
    std::string probe;  ///< its name; empty for `dtrace-node trace`
    std::optional<MeasurementName> measurement;
    TraceTarget target;
    std::optional<IpAddress> source;
    Method method = Method::udp;
    Timestamp started_at;
    std::uint64_t took_us = 0;
    StopReason stop_reason = StopReason::completed;
    std::optional<std::string> error;
    PacketCounts packets;
    std::optional<Multipath> multipath;  ///< of a round with flows: auto
    std::optional<Heard> heard;          ///< of the target's own rounds, if it is a probe
    std::vector<Path> paths;

    friend bool operator==(Trace const&, Trace const&) = default;
};
BOOST_DESCRIBE_STRUCT(Trace, (),
                      (id, probe, measurement, target, source, method, started_at, took_us,
                       stop_reason, error, packets, multipath, heard, paths))

}  // namespace dtrace
