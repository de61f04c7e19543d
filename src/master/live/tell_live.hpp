#pragma once

#include "ingest/ingest.hpp"
#include "ingest/probe_activity.hpp"
#include "live/live_feed.hpp"
#include "watch/network_watch.hpp"

#include <dtrace/core/ip.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/describe/class.hpp>

#include <functional>
#include <string>
#include <vector>

namespace dtrace::master {

// The members below are JSON of the API, name by name (docs/api.md).

/// What listeners are told of a trace; the whole of it is at /api/v1/traces/{id}.
struct LiveTrace {
    Uuid id;
    std::string probe;
    std::optional<MeasurementName> measurement;
    TraceTarget target;
    Timestamp started_at;
    std::uint64_t took_us = 0;
    StopReason stop_reason = StopReason::completed;
    bool reached = false;  ///< on every path
    PacketCounts packets;
};
BOOST_DESCRIBE_STRUCT(LiveTrace, (),
                      (id, probe, measurement, target, started_at, took_us, stop_reason, reached,
                       packets))

struct LiveProbe {
    std::string name;
    bool online = false;
    Timestamp at;
};
BOOST_DESCRIBE_STRUCT(LiveProbe, (), (name, online, at))

void tell_traces(LiveFeed& feed, std::vector<Trace> const& traces);
/// `trace`: as far as it is.
void tell_progress(LiveFeed& feed, Trace const& trace);

/// Culprits and events.
void tell_findings(LiveFeed& feed, NetworkWatch::Findings const& findings);

/// Looks each second which probes have come or gone. Until cancelled.
[[nodiscard]] boost::asio::awaitable<void> tell_probes(
    LiveFeed& feed, std::function<std::vector<std::string>()> names, ProbeActivity const& activity);

}  // namespace dtrace::master
