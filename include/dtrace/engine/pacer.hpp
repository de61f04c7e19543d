#pragma once

#include <dtrace/core/time.hpp>

#include <algorithm>

namespace dtrace::engine {

/// Keeps a rate of packets per second: one packet each 1/rate, and after a late look as many as
/// were due meanwhile, up to `credit`. (The generic cell rate algorithm, ITU-T I.371.) What was
/// missed beyond that, up to `most_arrears`, is made up for without a burst: at 4/3 of the rate.
class Pacer {
  public:
    /// `rate` > 0 packets per second. With arrears, resume() has to tell of every rest.
    Pacer(double rate, Duration credit, Duration most_arrears = {});

    [[nodiscard]] bool may_send(TimePoint now) const { return now >= next_; }
    void on_sent(TimePoint now) {
        if (TimePoint const earliest = now - credit_; next_ < earliest) {
            arrears_ = std::min(arrears_ + (earliest - next_), most_arrears_);
            next_ = earliest;
        }
        Duration const paid = std::min(arrears_, interval_ / 4);
        arrears_ -= paid;
        next_ += interval_ - paid;
    }
    /// There was nothing to send until now: that time earns no credit.
    void resume(TimePoint now) {
        if (now <= next_) return;
        next_ = now;
        arrears_ = {};
    }
    /// When may_send becomes true.
    [[nodiscard]] TimePoint ready_at() const { return next_; }

  private:
    Duration interval_;
    Duration credit_;
    Duration most_arrears_;
    Duration arrears_{};
    TimePoint next_{};
};

}  // namespace dtrace::engine
