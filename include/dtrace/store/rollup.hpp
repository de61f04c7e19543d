#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/packet.hpp>
#include <dtrace/store/unreadable.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::store {

/// How often which round trip time came up, in buckets that are at most 1/16 wide; below 32 µs
/// exact. Two of them added are that of all.
class RttHistogram {
  public:
    /// Number of the bucket and times, in the order of the numbers.
    using Buckets = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

    void add(std::uint32_t rtt_us);
    void add(RttHistogram const& other);

    [[nodiscard]] std::uint64_t count() const;
    [[nodiscard]] std::uint32_t min() const { return min_; }
    [[nodiscard]] std::uint32_t max() const { return max_; }
    /// The middle of the bucket below whose end the share `q` (0 to 1) lies; 0 if there is nothing.
    [[nodiscard]] std::uint32_t quantile(double q) const;

    [[nodiscard]] Buckets const& buckets() const { return buckets_; }
    /// What a record holds, put together again.
    [[nodiscard]] static RttHistogram of(Buckets buckets, std::uint32_t min, std::uint32_t max);

    friend bool operator==(RttHistogram const&, RttHistogram const&) = default;

  private:
    Buckets buckets_;
    std::uint32_t min_ = 0;
    std::uint32_t max_ = 0;
};

/// Of all flows together, with one TTL.
struct HopRollup {
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
    RttHistogram rtt;

    void add(HopRollup const& other);
};

/// What an hour, or any longer time, of one probe and measurement came to. Outlives the traces.
struct Rollup {
    std::uint64_t traces = 0;
    std::uint64_t reached = 0;  ///< all their flows reached the target
    std::uint64_t failed = 0;   ///< nothing could be measured
    /// Packets to the last hop of each path, and answers of the target: end to end.
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
    RttHistogram rtt;  ///< of the target's answers

    /// The addresses of a path's hops by their first answers, none for a silent hop → times.
    using Hops = std::vector<std::optional<IpAddress>>;
    std::map<Hops, std::uint64_t> paths;
    std::uint64_t other_paths = 0;  ///< times of those too rare to be listed, or unreadable

    /// Where they were asked for; nothing of hours that an earlier version summed up.
    std::map<Ttl, HopRollup> hops;

    void add(Rollup const& other);
};

/// Of the hour or the day that begins at `start`.
struct RollupAt {
    Timestamp start;
    Rollup rollup;
};

/// In the order of time.
struct History {
    std::vector<RollupAt> rollups;
    /// Hours, and days whose hours stand in for them where they are kept; also those that are
    /// there, with paths that cannot be read among the other paths.
    Unreadable unreadable;
};

/// `from` ≤ start < `to`.
struct HistoryQuery {
    std::string probe;
    Uuid measurement;
    Timestamp from;
    Timestamp to;
    /// Days as a whole where they lie between `from` and `to`, and have been summed up. Of days
    /// whose hours are gone there is nothing else.
    bool days = false;
    bool hops = false;
};

}  // namespace dtrace::store
