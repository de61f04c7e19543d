#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

// The members below are JSON of the API, name by name (docs/api.md).

struct RttSummary {
    std::uint32_t min = 0;
    std::uint32_t p50 = 0;
    std::uint32_t p90 = 0;
    std::uint32_t p99 = 0;
    std::uint32_t max = 0;
};
BOOST_DESCRIBE_STRUCT(RttSummary, (), (min, p50, p90, p99, max))

struct PathTimes {
    std::uint64_t times = 0;
    std::vector<std::string> hops;
};
BOOST_DESCRIBE_STRUCT(PathTimes, (), (times, hops))

/// All flows together, with one TTL.
struct HopSummary {
    std::uint32_t ttl = 0;
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
    std::optional<RttSummary> rtt_us;
};
BOOST_DESCRIBE_STRUCT(HopSummary, (), (ttl, sent, answered, rtt_us))

struct HistoryStep {
    Timestamp start;
    std::uint64_t traces = 0;
    std::uint64_t reached = 0;
    std::uint64_t failed = 0;
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
    std::optional<RttSummary> rtt_us;
    std::vector<PathTimes> paths;
    std::uint64_t other_paths = 0;
    std::optional<std::vector<HopSummary>> hops;  ///< if asked for
};
BOOST_DESCRIBE_STRUCT(HistoryStep, (),
                      (start, traces, reached, failed, sent, answered, rtt_us, paths, other_paths,
                       hops))

struct History {
    std::string probe;
    Uuid measurement;
    std::int64_t step_s = 0;
    std::vector<HistoryStep> history;
    std::optional<std::uint64_t> unreadable;  ///< hours and days, left out or without some paths
};
BOOST_DESCRIBE_STRUCT(History, (), (probe, measurement, step_s, history, unreadable))

}  // namespace dtrace::master
