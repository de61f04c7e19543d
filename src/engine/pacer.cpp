#include <dtrace/engine/pacer.hpp>

#include <cmath>

namespace dtrace::engine {

Pacer::Pacer(double rate, Duration burst)
    : interval_(static_cast<Duration::rep>(std::llround(1e9 / rate))), burst_(burst) {}

}  // namespace dtrace::engine
