#include <dtrace/engine/pacer.hpp>

#include <cmath>

namespace dtrace::engine {

Pacer::Pacer(double rate, Duration credit, Duration most_arrears)
    : interval_(static_cast<Duration::rep>(std::llround(1e9 / rate))),
      credit_(credit),
      most_arrears_(most_arrears) {}

}  // namespace dtrace::engine
