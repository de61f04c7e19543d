#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/measurement.hpp>
#include <dtrace/model/trace.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

/// Packets to the target that were not answered, in the flows that reached it, or flows that did
/// not while others did: the loss that a user of the path would have.
[[nodiscard]] bool has_end_to_end_loss(Trace const& trace);

/// A round of these parameters with so many flows, or with as many as one round may have; none:
/// that is not deeper than they are themselves.
[[nodiscard]] std::optional<ProbingParameters> burst_of(ProbingParameters parameters,
                                                        std::uint32_t flows);

/// Who may be asked for a burst of packets now: trouble shall not make more trouble. Pure.
class BurstLimits {
  public:
    struct Options {
        std::uint32_t per_probe = 4;  ///< within `period`
        microseconds period = std::chrono::minutes(10);
        /// Of one probe and measurement.
        microseconds apart = std::chrono::minutes(5);
    };

    explicit BurstLimits(Options options) : options_(options) {}

    /// True: it is allowed, and counted.
    [[nodiscard]] bool take(std::string const& probe, Uuid const& measurement, Timestamp now);

    /// What was allowed last has not been ordered: it counts for its own measurement only, so that
    /// it is not tried again with each round.
    void not_ordered(std::string const& probe, Uuid const& measurement);

  private:
    struct Burst {
        Timestamp at;
        Uuid measurement;
        bool ordered = true;
    };

    Options options_;
    std::map<std::string, std::deque<Burst>> bursts_;  ///< of the period
};

}  // namespace dtrace::master
