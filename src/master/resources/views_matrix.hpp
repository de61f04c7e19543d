#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

// The members below are JSON of the API, name by name (docs/api.md).

/// Packets to the target in one round, and the answers.
struct RoundCount {
    std::uint32_t sent = 0;
    std::uint32_t answered = 0;

    friend bool operator==(RoundCount const&, RoundCount const&) = default;
};
BOOST_DESCRIBE_STRUCT(RoundCount, (), (sent, answered))

/// What one probe last saw of one measurement.
struct MatrixCell {
    std::string probe;
    Uuid measurement;
    Timestamp started_at;
    StopReason stop_reason = StopReason::completed;
    bool reached = false;                        ///< by some flow
    std::optional<std::uint32_t> rtt_us;         ///< to the target, median
    std::optional<std::uint32_t> rtt_before_us;  ///< in the round before
    bool changed = false;                        ///< shows links that the round before did not
    std::vector<RoundCount> rounds;              ///< newest first
};
BOOST_DESCRIBE_STRUCT(MatrixCell, (),
                      (probe, measurement, started_at, stop_reason, reached, rtt_us, rtt_before_us,
                       changed, rounds))

struct Matrix {
    std::vector<MatrixCell> cells;
    std::optional<bool> truncated;            ///< of the past: there may be more cells
    std::optional<std::uint64_t> unreadable;  ///< traces left out; of now: by the last start
};
BOOST_DESCRIBE_STRUCT(Matrix, (), (cells, truncated, unreadable))

/// The same in a tenth of the bytes: one list for each member, and what a page would make of it.
/// All lists but the first two have an entry for each cell.
struct MatrixColumns {
    Timestamp newest;  ///< start of the newest round
    std::vector<std::string> probes;
    std::vector<Uuid> measurements;
    std::vector<std::uint32_t> probe;        ///< its place in `probes`
    std::vector<std::uint32_t> measurement;  ///< its place in `measurements`
    std::vector<std::uint32_t> age_s;        ///< started so long before the newest
    std::vector<std::uint32_t> sent;         ///< in the last two rounds
    std::vector<std::uint32_t> lost;
    std::vector<std::uint32_t> rtt_us;  ///< 0: nothing came back
    std::vector<std::uint32_t> marks;   ///< MatrixMark, added up
    std::optional<bool> truncated;
    std::optional<std::uint64_t> unreadable;
};
BOOST_DESCRIBE_STRUCT(MatrixColumns, (),
                      (newest, probes, measurements, probe, measurement, age_s, sent, lost, rtt_us,
                       marks, truncated, unreadable))

enum MatrixMark : std::uint32_t {
    mark_reached = 1,
    mark_changed = 2,
    mark_slower = 4,  ///< by more than a fifth
    mark_faster = 8
};

[[nodiscard]] MatrixColumns columns_of(std::vector<MatrixCell> const& cells);

}  // namespace dtrace::master
