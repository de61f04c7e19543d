#include <dtrace/engine/pacer.hpp>

#include <algorithm>
#include <cmath>

namespace dtrace::engine {

Pacer::Pacer(double rate, Duration credit)
    : interval_(static_cast<Duration::rep>(std::llround(1e9 / rate))), credit_(credit) {}

void Pacer::on_sent(TimePoint now) {
    next_ = std::max(next_, now - credit_) + interval_;
}

void Pacer::resume(TimePoint now) {
    next_ = std::max(next_, now);
}

}  // namespace dtrace::engine
