#pragma once

#include <dtrace/core/time.hpp>

#include <algorithm>

namespace dtrace::engine {

/// Keeps a rate of packets per second: one packet each 1/rate, and after a late look as many as
/// were due meanwhile, up to `credit`. Exact over time at any rate as long as nobody looks later
/// than that. (The generic cell rate algorithm, ITU-T I.371.)
class Pacer {
  public:
    /// `rate` > 0 packets per second.
    Pacer(double rate, Duration credit);

    [[nodiscard]] bool may_send(TimePoint now) const { return now >= next_; }
    void on_sent(TimePoint now) { next_ = std::max(next_, now - credit_) + interval_; }
    /// There was nothing to send until now: that time earns no credit.
    void resume(TimePoint now) { next_ = std::max(next_, now); }
    /// When may_send becomes true.
    [[nodiscard]] TimePoint ready_at() const { return next_; }

  private:
    Duration interval_;
    Duration credit_;
    TimePoint next_{};
};

}  // namespace dtrace::engine
