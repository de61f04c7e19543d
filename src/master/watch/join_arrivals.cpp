// Rounds from one address to another, and what the probe at the other heard of them: two probes
// that measure each other report both by themselves, in any order.

#include "watch/evidence_window.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace dtrace::master {

namespace {

using analysis::Evidence;

/// Between two addresses.
constexpr std::size_t most_joined = 1'000;
/// So much longer than from one telling to the next a round waits for its own: it has to end, and
/// the report to come.
constexpr microseconds longest_wait = seconds(30);

bool share_flows(Evidence const& evidence, Evidence::Receipt const& one,
                 Evidence::Receipt const& other) {
    auto const header = [&](auto const& share) { return evidence.paths()[share.path].flow.header; };
    std::set<std::uint64_t> headers;
    for (auto const& share : one)
        headers.insert(header(share));
    return std::ranges::any_of(other,
                               [&](auto const& share) { return headers.contains(header(share)); });
}

}  // namespace

void EvidenceWindow::join(Number number) {
    auto& added = entry(number);
    if (!added.source || !added.target) return;
    if (added.heard) {
        auto& back = between_[{*added.target, *added.source}];
        auto const begin = [&](Number each) { return entry(each).heard->from; };
        back.heard.insert(std::ranges::upper_bound(back.heard, added.heard->from, {}, begin),
                          number);
        if (back.heard.size() > most_joined) back.heard.pop_front();
        auto const heard = heard_of(back);
        for (auto const each : back.rounds)
            if (concerns(*added.heard, entry(each).time)) join_round(entry(each), back, heard);
    }
    if (added.receipt.empty()) return;
    auto& there = between_[{*added.source, *added.target}];
    find_mixed(there, added);
    there.rounds.push_back(number);
    if (there.rounds.size() > most_joined) there.rounds.pop_front();
    join_round(added, there, heard_of(there));
}

std::vector<Listening const*> EvidenceWindow::heard_of(Between const& between) {
    std::vector<Listening const*> heard;
    for (auto const number : between.heard)
        heard.push_back(&*entry(number).heard);
    return heard;
}

void EvidenceWindow::find_mixed(Between const& between, Entry& added) {
    for (auto const number : between.rounds) {
        auto& other = entry(number);
        if (!are_near(added.time, other.time) || (added.mixed && other.mixed)) continue;
        if (!share_flows(evidence_, added.receipt, other.receipt)) continue;
        added.mixed = other.mixed = true;
        if (other.arrivals != Arrivals::counted) continue;
        uncount(other, Arrivals::contradicted);
        ++contradicted_;
    }
}

void EvidenceWindow::join_round(Entry& round, Between& between,
                                std::span<Listening const* const> heard) {
    if (round.arrivals != Arrivals::unknown) return;
    auto const arrived = arrivals_of(round.time, heard);
    if (!arrived) return;
    round.arrivals = count_arrivals(round, *arrived);
    if (round.arrivals == Arrivals::contradicted) ++contradicted_;
    if (round.arrivals != Arrivals::counted) return;
    ++counted_;
    between.last_counted = std::max(between.last_counted, round.at);
}

void EvidenceWindow::uncount(Entry& round, Arrivals now) {
    for (auto& share : round.receipt)
        evidence_.uncount(share);
    round.arrivals = now;
    --counted_;
}

bool EvidenceWindow::is_behind(Between const& between) {
    microseconds apart{0};
    for (auto const* const heard : heard_of(between))
        apart = std::max(apart, heard->until - heard->from);
    auto first = Timestamp::max();
    auto last = Timestamp::min();
    for (auto const number : between.rounds) {
        auto const at = entry(number).at;
        if (at > between.last_counted) first = std::min(first, at);
        last = std::max(last, at);
    }
    return first < last && last - first > apart + longest_wait;
}

/// What has arrived acquits links of the time that it was counted in, not of what came later.
void EvidenceWindow::leave_out_old_counts() {
    for (auto& [ends, between] : between_) {
        if (between.last_counted == Timestamp::min()) continue;
        bool const was_left_out = std::exchange(between.left_out, is_behind(between));
        if (!was_left_out && !between.left_out) continue;
        auto const heard = heard_of(between);
        for (auto const number : between.rounds) {
            auto& round = entry(number);
            if (!between.left_out)
                join_round(round, between, heard);
            else if (round.arrivals == Arrivals::counted)
                uncount(round, Arrivals::unknown);
        }
    }
}

void EvidenceWindow::forget_heard() {
    first_heard_ = std::max(first_heard_, first_number_);
    auto& oldest = entry(first_heard_);
    if (oldest.heard && oldest.source && oldest.target)
        std::erase(between_[{*oldest.target, *oldest.source}].heard, first_heard_);
    visits_ -= visits_of(oldest);
    oldest.heard.reset();
    ++first_heard_;
}

EvidenceWindow::Arrivals EvidenceWindow::count_arrivals(
    Entry& round, std::map<std::uint64_t, std::uint32_t> const& arrived) {
    auto const of = [&](analysis::Evidence::Share const& share) {
        auto const known = arrived.find(evidence_.paths()[share.path].flow.header);
        return known == arrived.end() ? 0U : known->second;
    };
    bool const contradicts = std::ranges::any_of(round.receipt, [&](auto const& share) {
        auto const* const hop = evidence_.target_hop(share);
        return hop && (of(share) > hop->sent || of(share) < hop->answered);
    });
    if (round.mixed || contradicts) return Arrivals::contradicted;
    auto now = Arrivals::of_no_target;
    for (auto& share : round.receipt) {
        if (!evidence_.target_hop(share)) continue;
        evidence_.count(share, of(share));
        now = Arrivals::counted;
    }
    return now;
}

void EvidenceWindow::part(Entry const& oldest) {
    if (!oldest.source || !oldest.target) return;
    auto const forget = [&](Ends const& ends, std::deque<Number> Between::*numbers) {
        auto const found = between_.find(ends);
        if (found == between_.end()) return;
        std::erase(found->second.*numbers, first_number_);
        if (found->second.rounds.empty() && found->second.heard.empty()) between_.erase(found);
    };
    forget({*oldest.source, *oldest.target}, &Between::rounds);
    forget({*oldest.target, *oldest.source}, &Between::heard);
}

}  // namespace dtrace::master
