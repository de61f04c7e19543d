#pragma once

#include <dtrace/core/time.hpp>

#include <algorithm>
#include <chrono>

namespace dtrace::sim {

/// Full at first; a token more every 1/rate seconds, up to `burst`.
class TokenBucket {
  public:
    TokenBucket(double burst, TimePoint now) : tokens_(burst), updated_(now) {}

    bool take(double per_second, double burst, TimePoint now) {
        if (now > updated_) {
            std::chrono::duration<double> const past = now - updated_;
            tokens_ = std::min(burst, tokens_ + past.count() * per_second);
            updated_ = now;
        }
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }

  private:
    double tokens_;
    TimePoint updated_;
};

}  // namespace dtrace::sim
