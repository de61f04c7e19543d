#include "ingest/latest_rounds.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>

namespace dtrace::master {

namespace {

/// The TTL at which the target answers: the least over all flows that reached it.
std::optional<Ttl> target_ttl(Trace const& trace) {
    std::optional<Ttl> least;
    for (auto const& path : trace.paths)
        if (path.reached && !path.hops.empty())
            least = std::min(least.value_or(path.hops.back().ttl), path.hops.back().ttl);
    return least;
}

/// The hop that tells what became of a flow's packets to the target: its last one; of a flow that
/// did not reach it the silent one where others did.
Hop const* last_hop(Path const& path, Ttl target) {
    if (path.reached) return path.hops.empty() ? nullptr : &path.hops.back();
    auto const hop = std::ranges::find_if(
        path.hops, [&](Hop const& each) { return each.ttl >= target && each.answers.empty(); });
    return hop == path.hops.end() ? nullptr : &*hop;
}

std::optional<std::uint32_t> median(std::vector<std::uint32_t> times) {
    if (times.empty()) return std::nullopt;
    auto const middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::ranges::nth_element(times, middle);
    return *middle;
}

std::vector<std::size_t> links_of(Trace const& trace) {
    std::vector<std::size_t> links;
    std::hash<IpAddress> const hash;
    for (auto const& path : trace.paths)
        for (std::size_t i = 1; i < path.hops.size(); ++i) {
            auto const& near = path.hops[i - 1].answers;
            auto const& far = path.hops[i].answers;
            if (near.empty() || far.empty()) continue;
            links.push_back(hash(near.front().from) * 31 + hash(far.front().from));
        }
    std::ranges::sort(links);
    links.erase(std::unique(links.begin(), links.end()), links.end());
    return links;
}

}  // namespace

std::optional<RoundSeen> seen_in(Trace const& trace) {
    if (!trace.measurement) return std::nullopt;
    RoundSeen seen;
    std::vector<std::uint32_t> times;
    auto const target = target_ttl(trace);
    for (auto const& path : trace.paths) {
        auto const* hop = target ? last_hop(path, *target) : nullptr;
        if (!hop) continue;
        seen.count.sent += hop->sent;
        seen.count.answered += std::min(hop->sent, static_cast<std::uint32_t>(hop->answers.size()));
        for (auto const& answer : hop->answers)
            times.push_back(answer.rtt_us);
    }
    seen.probe = trace.probe;
    seen.measurement = trace.measurement->id;
    seen.started_at = trace.started_at;
    seen.stop_reason = trace.stop_reason;
    seen.reached = target.has_value();
    seen.rtt_us = median(std::move(times));
    seen.links = links_of(trace);
    return seen;
}

bool LatestRounds::Pair::is_behind(Timestamp started, Timestamp arrived) const {
    auto const round_at = std::min(started, arrived);
    return round_at < at || (round_at == at && started <= cell.started_at);
}

void LatestRounds::take(Trace const& trace, Timestamp arrived) {
    if (!trace.measurement) return;
    // Most of what comes after an outage is; looking into it would be in vain.
    auto const known = pairs_.find({trace.probe, trace.measurement->id});
    if (known != pairs_.end() && known->second.is_behind(trace.started_at, arrived)) return;
    if (auto seen = seen_in(trace)) take(*std::move(seen), arrived);
}

void LatestRounds::take(RoundSeen round, Timestamp arrived) {
    auto const round_at = std::min(round.started_at, arrived);
    auto const key = std::pair(round.probe, round.measurement);
    auto known = pairs_.find(key);
    bool const first = known == pairs_.end();
    if (first && pairs_.size() >= most_pairs_) return;
    if (first) {
        known = pairs_.emplace(key, Pair{}).first;
        known->second.cell.probe = round.probe;
        known->second.cell.measurement = round.measurement;
    } else if (known->second.is_behind(round.started_at, arrived)) {
        return;
    }
    auto& [cell, at, links] = known->second;
    at = round_at;
    cell.changed = !first && !std::ranges::includes(links, round.links);
    links = std::move(round.links);
    cell.started_at = round.started_at;
    cell.stop_reason = round.stop_reason;
    cell.reached = round.reached;
    cell.rtt_before_us = cell.rtt_us;
    cell.rtt_us = round.rtt_us;
    cell.rounds.insert(cell.rounds.begin(), round.count);
    if (cell.rounds.size() > rounds_kept) cell.rounds.pop_back();
}

void LatestRounds::leave_out(std::uint64_t count, Timestamp at) {
    left_out_ = count;
    left_out_at_ = at;
}

void LatestRounds::forget(Timestamp before) {
    if (left_out_at_ < before) left_out_ = 0;
    std::erase_if(pairs_, [&](auto const& entry) { return entry.second.at < before; });
}

std::vector<MatrixCell> LatestRounds::cells() const {
    std::vector<MatrixCell> cells;
    cells.reserve(pairs_.size());
    for (auto const& [key, pair] : pairs_)
        cells.push_back(pair.cell);
    return cells;
}

bool LatestRounds::has_seen(std::string const& probe) const {
    auto const pair = pairs_.lower_bound({probe, Uuid{}});
    return pair != pairs_.end() && pair->first.first == probe;
}

std::vector<MatrixCell> LatestRounds::cells_after(std::optional<Key> const& last,
                                                  std::size_t most) const {
    std::vector<MatrixCell> cells;
    auto pair = last ? pairs_.upper_bound(*last) : pairs_.begin();
    for (; pair != pairs_.end() && cells.size() < most; ++pair)
        cells.push_back(pair->second.cell);
    return cells;
}

}  // namespace dtrace::master
