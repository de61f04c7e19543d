#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/units.hpp>
#include <dtrace/engine/plan.hpp>

#include <vector>

namespace dtrace::engine {

/// How long replies took, by hop and over all flows, and so how long it is worth waiting for one.
class HopTiming {
  public:
    explicit HopTiming(Plan const& plan);

    void on_answer(Ttl ttl, microseconds rtt);

    /// Behind the last answering hop the timeout of the plan; at a hop that answers, three times
    /// what it took so far and a little more; at one that does not, the same of the longest.
    [[nodiscard]] microseconds patience(Ttl ttl) const;

    /// The longest RTT of a hop; 0: nothing answered.
    [[nodiscard]] microseconds longest_at(Ttl ttl) const;

  private:
    Ttl first_hop_;
    microseconds timeout_;
    microseconds tail_timeout_;
    microseconds longest_{0};
    std::vector<microseconds> longest_at_;  ///< by hop; 0: nothing answered
};

}  // namespace dtrace::engine
