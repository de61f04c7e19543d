#include "watch/burst_orders.hpp"

#include <algorithm>

namespace dtrace::master {

bool has_end_to_end_loss(Trace const& trace) {
    if (trace.stop_reason == StopReason::error || trace.stop_reason == StopReason::cancelled ||
        trace.packets.receiver_dropped > 0)
        return false;
    auto const reached = std::ranges::count(trace.paths, true, &Path::reached);
    if (reached == 0) return false;
    if (static_cast<std::size_t>(reached) < trace.paths.size()) return true;
    return std::ranges::any_of(trace.paths, [](Path const& path) {
        return !path.hops.empty() && path.hops.back().answers.size() < path.hops.back().sent;
    });
}

bool BurstLimits::take(std::string const& probe, Uuid const& measurement, Timestamp now) {
    auto& bursts = bursts_[probe];
    auto const keep = std::max(options_.period, options_.apart);
    while (!bursts.empty() && bursts.front().first + keep <= now)
        bursts.pop_front();
    auto const lately = std::ranges::count_if(
        bursts, [&](auto const& burst) { return burst.first + options_.period > now; });
    auto const again = std::ranges::any_of(bursts, [&](auto const& burst) {
        return burst.second == measurement && burst.first + options_.apart > now;
    });
    if (again || lately >= options_.per_probe) return false;
    bursts.emplace_back(now, measurement);
    return true;
}

}  // namespace dtrace::master
