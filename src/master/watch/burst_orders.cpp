#include "watch/burst_orders.hpp"

#include "catalog/packet_load.hpp"

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

std::optional<ProbingParameters> burst_of(ProbingParameters parameters, std::uint32_t flows) {
    auto const own = parameters.flows;
    parameters.flows = 1;
    auto const allowed = most_packets_a_round / packets_a_round(parameters);
    auto const most = std::min<std::uint64_t>({flows, allowed, max_flows});
    if (most <= (own.automatic ? 1 : own.fixed)) return std::nullopt;
    parameters.flows = static_cast<std::uint16_t>(most);
    return parameters;
}

bool BurstLimits::take(std::string const& probe, Uuid const& measurement, Timestamp now) {
    auto& bursts = bursts_[probe];
    auto const keep = std::max(options_.period, options_.apart);
    while (!bursts.empty() && bursts.front().at + keep <= now)
        bursts.pop_front();
    auto const lately = std::ranges::count_if(bursts, [&](auto const& burst) {
        return burst.ordered && burst.at + options_.period > now;
    });
    auto const again = std::ranges::any_of(bursts, [&](auto const& burst) {
        return burst.measurement == measurement && burst.at + options_.apart > now;
    });
    if (again || lately >= options_.per_probe) return false;
    bursts.push_back({.at = now, .measurement = measurement});
    return true;
}

void BurstLimits::not_ordered(std::string const& probe, Uuid const& measurement) {
    auto& bursts = bursts_[probe];
    auto const last = std::find_if(bursts.rbegin(), bursts.rend(), [&](Burst const& burst) {
        return burst.measurement == measurement;
    });
    if (last != bursts.rend()) last->ordered = false;
}

}  // namespace dtrace::master
