#pragma once

#include <dtrace/core/time.hpp>

namespace dtrace::engine {

/// Keeps a rate of packets per second: the generic cell rate algorithm (ITU-T I.371). Exact over
/// time at any rate; what may leave at once is bounded by `burst`.
class Pacer {
  public:
    /// `rate` > 0 packets per second; `burst`: packets due within this time may leave together.
    Pacer(double rate, Duration burst);

    [[nodiscard]] bool may_send(TimePoint now) const { return now + burst_ >= next_; }
    void on_sent(TimePoint now) { next_ = (next_ > now ? next_ : now) + interval_; }
    /// When it is worth looking again: half a burst may leave then, and a sleeper that comes late
    /// by up to the other half loses nothing.
    [[nodiscard]] TimePoint ready_at() const { return next_ - burst_ / 2; }

  private:
    Duration interval_;
    Duration burst_;
    TimePoint next_{};
};

}  // namespace dtrace::engine
