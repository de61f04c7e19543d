#include <dtrace/engine/path_memory.hpp>

#include <algorithm>

namespace dtrace::engine {

namespace {

/// With no gap limit there is no telling how far a silent tail is worth following: all of it.
Ttl worth_sending_to(Plan const& plan, PathMemory const& known) {
    if (known.reached) return std::min(plan.max_hops, known.hops);
    if (plan.gap_limit == 0) return plan.max_hops;
    return static_cast<Ttl>(std::min<int>(plan.max_hops, known.hops + plan.gap_limit));
}

}  // namespace

Plan with_memory(Plan plan, PathMemory const& known) {
    if (known.hops < plan.first_hop || known.rtts_us.empty()) return plan;
    plan.expected_hops = worth_sending_to(plan, known);
    microseconds const longest(std::ranges::max(known.rtts_us));
    plan.tail_timeout =
        std::min<Duration>(plan.timeout, std::max<microseconds>(3 * longest, least_tail_timeout));
    return plan;
}

PathMemories::Key PathMemories::key_of(Flow const& flow) {
    return {flow.destination, flow.method, flow.destination_port};
}

PathMemory PathMemories::recall(Flow const& flow) {
    auto const place = places_.find(key_of(flow));
    if (place == places_.end()) return {};
    entries_.splice(entries_.begin(), entries_, place->second);
    return entries_.front().second;
}

void PathMemories::keep(Flow const& flow, PathMemory memory) {
    auto const key = key_of(flow);
    if (auto const place = places_.find(key); place != places_.end()) {
        entries_.erase(place->second);
        places_.erase(place);
    }
    if (memory.hops == 0 || capacity_ == 0) return;
    entries_.emplace_front(key, std::move(memory));
    places_.emplace(key, entries_.begin());
    if (entries_.size() <= capacity_) return;
    places_.erase(entries_.back().first);
    entries_.pop_back();
}

}  // namespace dtrace::engine
