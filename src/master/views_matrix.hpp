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
};
BOOST_DESCRIBE_STRUCT(Matrix, (), (cells))

}  // namespace dtrace::master
