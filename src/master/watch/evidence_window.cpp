#include "watch/evidence_window.hpp"

#include <dtrace/analysis/crossing.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace dtrace::master {

namespace {

/// More flows or names than this many times those of the window are worth tidying up.
constexpr std::size_t most_waste = 4;
constexpr std::size_t little = 10'000;

using analysis::Evidence;
using analysis::HopCounts;

/// Takes shares of one evidence over into another. Each name is looked up once.
class Mover {
  public:
    Mover(Evidence const& from, Evidence& to)
        : from_(from), to_(to), nodes_(from.nodes().size()), probes_(from.probes().size()) {}

    Evidence::Share operator()(Evidence::Share const& share) {
        auto const& path = from_.paths()[share.path];
        hops_ = share.hops;
        for (auto& hop : hops_)
            if (hop.node != analysis::silent_node) hop.node = node(hop.node);
        analysis::FlowKey flow = path.flow;
        auto& probe = probes_[flow.probe];
        if (!probe) probe = to_.probe(from_.probes()[flow.probe]);
        flow.probe = *probe;
        // Who counted is there, though nothing came back.
        if (share.arrived) hops_.back().node = node(path.flow.target);
        flow.target = node(flow.target);
        auto moved = to_.add({.flow = flow, .reached = path.reached, .hops = hops_});
        if (share.arrived && to_.target_hop(moved)) to_.count(moved, *share.arrived);
        return moved;
    }

  private:
    analysis::NodeIndex node(analysis::NodeIndex old) {
        auto& known = nodes_[old];
        if (!known) known = to_.node(from_.nodes()[old].addresses);
        return *known;
    }

    Evidence const& from_;
    Evidence& to_;
    std::vector<std::optional<analysis::NodeIndex>> nodes_;
    std::vector<std::optional<analysis::ProbeIndex>> probes_;
    std::vector<HopCounts> hops_;
};

/// Their indices.
template <class Predicate>
std::vector<std::uint32_t> indices_of(Evidence const& evidence, Predicate const& is_one) {
    std::vector<std::uint32_t> found;
    for (std::uint32_t index = 0; index < evidence.paths().size(); ++index)
        if (auto const& path = evidence.paths()[index]; path.rounds > 0 && is_one(path))
            found.push_back(index);
    return found;
}

std::vector<std::uint32_t> paths_over(Evidence const& evidence, analysis::Culprit const& culprit) {
    analysis::Crossing const crossing(evidence, culprit);
    return indices_of(evidence, [&](auto const& path) { return crossing.crosses(path); });
}

}  // namespace

void EvidenceWindow::add(Trace const& trace, Timestamp now) {
    if (trace.started_at + options_.length < now) return;
    // A clock that is ahead keeps nothing here for longer.
    entries_.push_back(
        {.at = std::min(trace.started_at, now),
         .time = {trace.started_at, trace.started_at + microseconds(trace.took_us)},
         .receipt = evidence_.add(trace),
         .probe = trace.probe,
         .source = trace.source,
         .target = trace.target.address,
         .measurement = trace.measurement ? std::optional(trace.measurement->id) : std::nullopt,
         .heard = listening_of(trace)});
    flows_ += entries_.back().receipt.size();
    visits_ += visits_of(entries_.back());
    learn_names(entries_.back());
    join(first_number_ + entries_.size() - 1);
    while (visits_ > options_.most_flows)
        forget_heard();
    while (flows_ > options_.most_flows && !entries_.empty())
        drop_oldest();
}

std::size_t EvidenceWindow::visits_of(Entry const& entry) {
    return entry.heard ? entry.heard->visits.size() : 0;
}

void EvidenceWindow::learn_names(Entry const& entry) {
    if (entry.source && probes_[entry.probe].insert(*entry.source).second) ++names_;
    if (!entry.measurement || !entry.target) return;
    auto const place = std::pair(entry.probe, *entry.target);
    if (measurement_of_.insert_or_assign(place, *entry.measurement).second) ++names_;
}

void EvidenceWindow::drop_oldest() {
    auto const& oldest = entries_.front();
    evidence_.remove(oldest.receipt);
    flows_ -= oldest.receipt.size();
    visits_ -= visits_of(oldest);
    if (oldest.arrivals == Arrivals::counted) --counted_;
    if (oldest.arrivals == Arrivals::contradicted) --contradicted_;
    part(oldest);
    entries_.pop_front();
    ++first_number_;
}

void EvidenceWindow::slide(Timestamp now) {
    while (!entries_.empty() && entries_.front().at + options_.length < now)
        drop_oldest();
    bool const many_flows = evidence_.paths().size() > most_waste * flows_ + little;
    bool const many_names = names_ > most_waste * entries_.size() + little;
    if (many_flows || many_names || entries_.empty()) compact();
    leave_out_old_counts();
}

/// What is gone leaves names behind: everything that is left, anew.
void EvidenceWindow::compact() {
    Evidence fresh;
    Mover move(evidence_, fresh);
    probes_.clear();
    measurement_of_.clear();
    names_ = 0;
    for (auto& entry : entries_) {
        for (auto& share : entry.receipt)
            share = move(share);
        learn_names(entry);
    }
    evidence_ = std::move(fresh);
}

Evidence EvidenceWindow::evidence_of(Timestamp from, Timestamp to) const {
    Evidence some;
    Mover move(evidence_, some);
    for (auto const& entry : entries_) {
        if (entry.at < from || entry.at >= to) continue;
        for (auto const& share : entry.receipt)
            (void)move(share);
    }
    return some;
}

std::size_t EvidenceWindow::traces_of(Timestamp from, Timestamp to) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        entries_, [&](Entry const& entry) { return entry.at >= from && entry.at < to; }));
}

bool EvidenceWindow::passes(analysis::FlowPath const& path, analysis::Link const& segment) const {
    auto const is = [&](analysis::Place const& place) {
        return [&](HopCounts const& hop) {
            return hop.node != analysis::silent_node &&
                   analysis::is_at(evidence_.nodes()[hop.node].addresses, place);
        };
    };
    auto const& from = segment.from;
    if (from.probe && *from.probe != evidence_.probes()[path.flow.probe]) return false;
    auto const near =
        from.probe ? path.hops.begin() : std::ranges::find_if(path.hops, is(segment.from));
    return std::any_of(near, path.hops.end(), is(segment.to));
}

std::vector<CrossingCounts> EvidenceWindow::rounds_over(analysis::Culprit const& culprit) const {
    auto const paths = paths_over(evidence_, culprit);
    bool const by_arrivals = culprit.direction == analysis::Direction::forward;
    std::vector<CrossingCounts> rounds;
    for (auto const& entry : entries_) {
        CrossingCounts round{.at = entry.at};
        for (auto const& share : entry.receipt) {
            if (share.hops.empty() || !std::ranges::binary_search(paths, share.path)) continue;
            bool const counted = by_arrivals && share.arrived;
            // Where arrivals are counted, the answers of a round that waits for it say less.
            if (by_arrivals && !counted && evidence_.paths()[share.path].counted.sent > 0) continue;
            round.sent += share.hops.back().sent;
            round.answered += counted ? *share.arrived : share.hops.back().answered;
        }
        if (round.sent > 0) rounds.push_back(round);
    }
    return rounds;
}

std::vector<EvidenceWindow::Measuring> EvidenceWindow::crossing(
    analysis::Culprit const& culprit) const {
    return measuring(paths_over(evidence_, culprit));
}

std::vector<EvidenceWindow::Measuring> EvidenceWindow::crossing(
    analysis::Link const& segment) const {
    return measuring(
        indices_of(evidence_, [&](auto const& path) { return passes(path, segment); }));
}

std::vector<EvidenceWindow::Measuring> EvidenceWindow::measuring(
    std::vector<std::uint32_t> const& paths) const {
    std::set<Measuring> found;
    for (auto const index : paths) {
        auto const& path = evidence_.paths()[index];
        auto const& probe = evidence_.probes()[path.flow.probe];
        auto const& target = evidence_.nodes()[path.flow.target].addresses.front();
        auto const measurement = measurement_of_.find({probe, target});
        if (measurement != measurement_of_.end()) found.emplace(probe, measurement->second);
    }
    return {found.begin(), found.end()};
}

std::vector<EvidenceWindow::Measuring> EvidenceWindow::measuring(IpAddress const& target) const {
    std::vector<Measuring> found;
    for (auto const& [who, measurement] : measurement_of_)
        if (who.second == target) found.emplace_back(who.first, measurement);
    return found;
}

}  // namespace dtrace::master
