// Rounds from one address to another, and what the probe at the other heard of them: two probes
// that measure each other report both by themselves, in any order.

#include "watch/evidence_window.hpp"

#include <algorithm>
#include <utility>

namespace dtrace::master {

void EvidenceWindow::join(Number number) {
    auto& added = entry(number);
    if (!added.source || !added.target) return;
    if (added.heard) {
        auto& back = between_[{*added.target, *added.source}];
        back.heard.push_back(number);
        join_heard(back, *added.heard);
    }
    if (added.receipt.empty()) return;
    auto& there = between_[{*added.source, *added.target}];
    if (!count_arrivals(added, there)) there.rounds.push_back(number);
}

void EvidenceWindow::join_heard(Between& between, Listening const& heard) {
    std::erase_if(between.rounds, [&](Number number) {
        auto& round = entry(number);
        return concerns(heard, round.time) && count_arrivals(round, between);
    });
}

bool EvidenceWindow::count_arrivals(Entry& round, Between const& between) {
    std::vector<Listening const*> heard;
    for (auto const number : between.heard)
        if (auto const& each = *entry(number).heard; concerns(each, round.time))
            heard.push_back(&each);
    if (heard.empty()) return false;
    auto const arrived = arrivals_of(round.time, std::move(heard));
    if (!arrived) return false;
    round.arrivals = count_arrivals(round, *arrived);
    if (round.arrivals == Arrivals::counted) ++counted_;
    if (round.arrivals == Arrivals::contradicted) ++contradicted_;
    return true;
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
    if (contradicts) return Arrivals::contradicted;
    auto now = Arrivals::unknown;
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
        auto& list = found->second.*numbers;
        if (!list.empty() && list.front() == first_number_) list.pop_front();
        if (found->second.rounds.empty() && found->second.heard.empty()) between_.erase(found);
    };
    forget({*oldest.source, *oldest.target}, &Between::rounds);
    forget({*oldest.target, *oldest.source}, &Between::heard);
}

}  // namespace dtrace::master
