#include <dtrace/engine/mda.hpp>
#include <dtrace/engine/stopping_point.hpp>

#include <algorithm>

namespace dtrace::engine {

// What kind of balancer several answers at a hop come from.

namespace {
constexpr unsigned repetitions_lost_at_most = 5;
}  // namespace

Balancing Mda::balancing(std::size_t at) const {
    if (hops_[at].width() < 2) return Balancing::none;
    if (hops_[at].varies()) return Balancing::per_packet;
    if (inherits(at)) return balancing(at - 1);
    return tested(at) ? Balancing::per_flow : Balancing::unknown;
}

/// Several answer here because several do at the hop before, and each lane leads to one of them.
bool Mda::inherits(std::size_t at) const {
    if (at == 0 || hops_[at - 1].vertices() < 2 || hops_[at].vertices() < 2) return false;
    auto const known = links(at);
    return std::ranges::none_of(known.successors, [](auto const& list) { return list.size() > 1; });
}

/// A flow that was seen here and at the next hop repeats what another one showed that was seen at
/// the same two: a vertex there has one predecessor. A balancer that chose anew for each packet
/// would have shown it as often as by a flow that is sent again.
bool Mda::shown_by_next(std::size_t at, unsigned repetitions) const {
    if (at + 1 >= hops_.size() || hops_[at + 1].vertices() < hops_[at].vertices()) return false;
    auto const predecessors = links(at + 1).predecessors;
    unsigned first_ones = 0;
    for (auto const& list : predecessors) {
        if (list.size() > 1) return false;
        first_ones += list.empty() ? 0 : 1;
    }
    unsigned both = 0;
    for (FlowIndex flow = 0; flow < used_; ++flow)
        if (hops_[at].vertex(flow) && hops_[at + 1].vertex(flow)) ++both;
    return both >= first_ones + repetitions;
}

bool Mda::tested(std::size_t at) const {
    auto const& hop = hops_[at];
    if (hop.vertices() < 2 || hop.varies() || inherits(at)) return true;
    auto const& done = repetitions_[at];
    unsigned const all = repetitions(hop.vertices(), error(2));
    if (done.in_flight > 0) return false;
    if (done.heard >= all || done.sent >= all + repetitions_lost_at_most) return true;
    return shown_by_next(at, all);
}

/// Tells per-packet from per-flow balancing: a flow that is sent again finds another router.
void Mda::repeat_flows(std::size_t at) {
    auto const& hop = hops_[at];
    if (hop.vertices() < 2 || !met(at) || tested(at)) return;
    bool const next_may_show = !next_is_closed(at) && !next_brings_together(at) && !incomplete_;
    if (next_may_show) return;
    auto& done = repetitions_[at];
    unsigned const all = repetitions(hop.vertices(), error(2));
    unsigned missing = all - std::min(done.heard + done.in_flight, all);
    for (FlowIndex flow = 0; flow < used_ && missing > 0; ++flow) {
        if (!hop.vertex(flow)) continue;
        if (!want(flow, at)) continue;
        repeated_.push_back(wanted_[at].back());
        ++done.sent;
        ++done.in_flight;
        --missing;
    }
}

}  // namespace dtrace::engine
