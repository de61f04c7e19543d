#pragma once

#include "resources/views_matrix.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::master {

/// What counts here of one round.
struct RoundSeen {
    std::string probe;
    Uuid measurement;
    Timestamp started_at;
    StopReason stop_reason = StopReason::completed;
    bool reached = false;
    std::optional<std::uint32_t> rtt_us;
    RoundCount count;
    std::vector<std::size_t> links;  ///< hashes of them, sorted
};

/// None of a trace without a measurement.
[[nodiscard]] std::optional<RoundSeen> seen_in(Trace const& trace);

/// What every probe last saw of every measurement: until now, or up to an instant of the past.
/// Pure.
class LatestRounds {
  public:
    /// `most_pairs` of probe and measurement; further ones are left out.
    explicit LatestRounds(std::size_t most_pairs) : most_pairs_(most_pairs) {}
    LatestRounds() = default;

    /// One that is older than what is known of its pair changes nothing, nor does one without a
    /// measurement. `arrived`: what says that it started later has a clock that is ahead, and does
    /// not keep out what comes once that is right.
    void take(Trace const& trace, Timestamp arrived);
    void take(RoundSeen round, Timestamp arrived);

    /// Rounds of up to `at` are missing, as they cannot be read.
    void leave_out(std::uint64_t count, Timestamp at);

    /// Pairs whose newest round is older, of probes and measurements long gone; and what is missing
    /// from before.
    void forget(Timestamp before);

    /// By probe, then by measurement.
    [[nodiscard]] std::vector<MatrixCell> cells() const;

    using Key = std::pair<std::string, Uuid>;  ///< probe and measurement
    /// The next so many behind `last`, in the same order; none: from the first on.
    [[nodiscard]] std::vector<MatrixCell> cells_after(std::optional<Key> const& last,
                                                      std::size_t most) const;
    [[nodiscard]] bool has_seen(std::string const& probe) const;
    [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

    static constexpr std::size_t rounds_kept = 6;

  private:
    struct Pair {
        MatrixCell cell;
        Timestamp at;  ///< of the newest round: when it started, or came if that was earlier
        std::vector<std::size_t> links;  ///< hashes of the links of the newest round, sorted

        /// Says of a round that the newest one is newer, or the same.
        [[nodiscard]] bool is_behind(Timestamp started, Timestamp arrived) const;
    };

    std::size_t most_pairs_ = 200'000;
    std::map<Key, Pair> pairs_;
    std::uint64_t left_out_ = 0;
    Timestamp left_out_at_;
};

}  // namespace dtrace::master
