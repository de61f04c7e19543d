#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/packet.hpp>
#include <dtrace/store/unreadable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::store {

/// The rounds of one probe and measurement. `from` ≤ started_at < `to`.
struct RoundQuery {
    std::string probe;
    Uuid measurement;
    Timestamp from;
    Timestamp to;
    std::uint32_t limit = 1000;  ///< 1–10000
};

/// Packets, answers and the median RTT of each round; the RTT is 0 where nothing answered.
struct RoundCounts {
    std::vector<std::uint32_t> sent;
    std::vector<std::uint32_t> answered;
    std::vector<std::uint32_t> rtt_us;
};

struct HopRounds {
    Ttl ttl = 0;
    RoundCounts counts;  ///< of all flows together
};

/// Column by column, oldest first: element i of each vector belongs to round i.
struct RoundSeries {
    std::vector<Timestamp> started_at;
    std::vector<Uuid> id;
    RoundCounts target;             ///< packets to the last hop of each path, answers of the target
    std::vector<HopRounds> hops;    ///< by TTL
    std::optional<Timestamp> next;  ///< there are more: from here on
    Unreadable unreadable;          ///< left out
};

}  // namespace dtrace::store
