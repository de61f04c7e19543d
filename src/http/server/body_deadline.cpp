#include "server/request_reader.hpp"

#include <algorithm>

namespace dtrace::http {

TimePoint body_deadline(TimePoint start, std::size_t received, ServerLimits const& limits) {
    auto const whole = start + limits.body_timeout;
    if (limits.min_body_rate == 0) return whole;
    auto const earned = std::chrono::duration<double>(static_cast<double>(received) /
                                                      static_cast<double>(limits.min_body_rate));
    auto const limit = std::chrono::duration<double>(limits.body_timeout);
    return std::min(whole, start + limits.body_grace +
                               std::chrono::duration_cast<Duration>(std::min(earned, limit)));
}

}  // namespace dtrace::http
