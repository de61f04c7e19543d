#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

// The members below are JSON of the API, name by name (docs/api.md): a list for each, in which
// round by round stands.

struct RoundCounts {
    std::vector<std::uint32_t> sent;
    std::vector<std::uint32_t> answered;
    std::vector<std::uint32_t> rtt_us;
};
BOOST_DESCRIBE_STRUCT(RoundCounts, (), (sent, answered, rtt_us))

struct HopRounds {
    std::uint32_t ttl = 0;
    std::vector<std::uint32_t> sent;
    std::vector<std::uint32_t> answered;
    std::vector<std::uint32_t> rtt_us;
};
BOOST_DESCRIBE_STRUCT(HopRounds, (), (ttl, sent, answered, rtt_us))

struct RoundList {
    std::string probe;
    Uuid measurement;
    std::vector<Timestamp> started_at;
    std::vector<Uuid> id;
    RoundCounts target;
    std::vector<HopRounds> hops;
    bool truncated = false;
    std::optional<Timestamp> next;            ///< where more begin
    std::optional<std::uint64_t> unreadable;  ///< left out
};
BOOST_DESCRIBE_STRUCT(RoundList, (),
                      (probe, measurement, started_at, id, target, hops, truncated, next,
                       unreadable))

}  // namespace dtrace::master
