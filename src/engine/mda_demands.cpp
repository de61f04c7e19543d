#include <dtrace/engine/mda.hpp>
#include <dtrace/engine/stopping_point.hpp>

#include <algorithm>

namespace dtrace::engine {

// What each hop still needs. Counts include what is under way, so that asking again asks for no
// more.

namespace {

void add_once(std::vector<Vertex>& list, Vertex vertex) {
    if (std::ranges::find(list, vertex) == list.end()) list.push_back(vertex);
}

bool all_of_one_size(std::vector<std::vector<Vertex>> const& lists) {
    std::size_t size = 0;
    for (auto const& list : lists) {
        if (list.empty()) continue;
        if (size != 0 && list.size() != size) return false;
        size = list.size();
    }
    return true;
}

bool any_branches(std::vector<std::vector<Vertex>> const& lists) {
    return std::ranges::any_of(lists, [](auto const& list) { return list.size() > 1; });
}

}  // namespace

void Mda::plan_hop(std::size_t at) {
    retry_silent(at);
    follow_lanes(at);
    widen(at);
    link(at);
    control_nodes(at);
    repeat_flows(at);
}

/// Silence is asked again where others are answered, and of flow 0: in a silent tail before it is
/// certain.
void Mda::retry_silent(std::size_t at) {
    auto& hop = hops_[at];
    if (planned_at_ >= asks_again_at(at)) want(0, at);
    for (FlowIndex flow = 0; flow < used_; ++flow)
        if (hop.silent(flow) && (flow == 0 || hop.vertices() > 0)) want(flow, at);
}

unsigned Mda::lanes(std::size_t at) const {
    if (at == 0) return 1;
    auto const& before = hops_[at - 1];
    unsigned count = 0;
    for (Vertex vertex = 0; vertex < before.vertex_limit(); ++vertex)
        count += before.leads_on(vertex) ? 1 : 0;
    return count;
}

/// Of the flows known to be on `lane` before, one that was not sent here yet.
std::optional<FlowIndex> Mda::flow_on(Vertex lane, std::size_t at) const {
    for (FlowIndex flow = 0; flow < used_; ++flow)
        if (hops_[at].untouched(flow) && hops_[at - 1].vertex(flow) == lane &&
            ends_[flow] >= ttl_at(at))
            return flow;
    return std::nullopt;
}

/// A way leads on from every vertex but the target: one flow of each shows where, so that longer
/// branches are followed to their end; two, where branches may cross.
void Mda::follow_lanes(std::size_t at) {
    // Flow 0 is still to come where it leads; behind its end others go first.
    if (at == 0 || (ttl_at(at) > scouted_ && ends_[0] >= ttl_at(at))) return;
    auto const& before = hops_[at - 1];
    unsigned const wide = lanes(at) >= 2 && hops_[at].vertices() >= 2 ? 2 : 1;
    for (Vertex lane = 0; lane < before.vertex_limit(); ++lane) {
        if (!before.leads_on(lane)) continue;
        unsigned probed = 0;
        for (FlowIndex flow = 0; flow < used_; ++flow)
            if (before.vertex(flow) == lane && !hops_[at].untouched(flow)) ++probed;
        for (; probed < wide; ++probed) {
            auto const flow = flow_on(lane, at);
            if (!flow) break;
            want(*flow, at);
        }
    }
}

unsigned Mda::needed(std::size_t at) const {
    auto const& hop = hops_[at];
    unsigned const width = std::max(1U, hop.width());
    // Before the first hop there is our own host, whose raw sockets do not balance.
    if (ttl_at(at) == 1 && width == 1) return 1;
    if (hop.all_end()) return 1;
    // Two vertices behind several lanes: either lanes end in different ones, which one flow on each
    // lane shows, or lanes divide. Taken as equally likely, that doubles the error to be allowed.
    bool const lanes_show = width == 1 && lanes(at) >= 2;
    unsigned const all = stopping_point(width + 1, (lanes_show ? 2 : 1) * error(width + 1));
    if (width < 2) return all;

    // Flows that are seen at the next hop only count here too where it shows whence they come.
    unsigned const least = (2 * all + 2) / 3;
    if (next_brings_together(at)) return all;
    if (!next_is_closed(at)) return least;
    unsigned const known_there = inferred(at);
    return std::max(least, all > known_there ? all - known_there : 0);
}

bool Mda::next_is_closed(std::size_t at) const {
    return at + 1 < closed_.size() ? closed_[at + 1] : scouting_over();
}

/// The next hop has answered on every way from here and shows fewer vertices, so that it does not
/// tell whence a flow comes.
bool Mda::next_brings_together(std::size_t at) const {
    if (at + 1 >= hops_.size()) return false;
    auto const& hop = hops_[at];
    auto const& next = hops_[at + 1];
    if (next.in_flight() > 0 || next.vertices() >= hop.vertices()) return false;
    auto const successors = links(at + 1).successors;
    for (Vertex vertex = 0; vertex < hop.vertex_limit(); ++vertex)
        if (hop.leads_on(vertex) && successors[vertex].empty()) return false;
    return true;
}

bool Mda::met(std::size_t at) const {
    return hops_[at].in_flight() == 0 && hops_[at].settled() >= needed(at);
}

/// Notes which hops are met and will not be asked for more by what is found behind them.
void Mda::close_hops() {
    closed_.assign(hops_.size() + 1, false);
    closed_.back() = scouting_over();
    for (std::size_t at = hops_.size(); at-- > 0;) {
        auto const& hop = hops_[at];
        bool const tail = hop.vertices() == 0 && ttl_at(at) > highest_answered_;
        if (hop.settled() == 0 || tail)
            closed_[at] = scouting_over();
        else
            closed_[at] = met(at) && (hop.width() < 2 || hop.all_end() || closed_[at + 1]);
    }
}

Mda::Links Mda::links(std::size_t at) const {
    auto const& before = hops_[at - 1];
    auto const& hop = hops_[at];
    Links links{.successors = std::vector<std::vector<Vertex>>(before.vertex_limit()),
                .predecessors = std::vector<std::vector<Vertex>>(hop.vertex_limit())};
    for (FlowIndex flow = 0; flow < used_; ++flow) {
        auto const from = before.vertex(flow);
        auto const to = hop.vertex(flow);
        if (!from || !to) continue;
        add_once(links.successors[*from], *to);
        add_once(links.predecessors[*to], *from);
    }
    return links;
}

/// Flows not sent here that must have passed a known vertex, because what they found at the next
/// hop has one predecessor only.
unsigned Mda::inferred(std::size_t at) const {
    auto const& hop = hops_[at];
    if (at + 1 >= hops_.size()) return 0;
    auto const& next = hops_[at + 1];
    if (hop.varies() || next.varies() || next.vertices() < hop.vertices()) return 0;
    auto const known = links(at + 1);
    unsigned count = 0;
    for (FlowIndex flow = 0; flow < used_; ++flow) {
        auto const there = next.vertex(flow);
        if (hop.untouched(flow) && there && next.leads_on(*there) &&
            known.predecessors[*there].size() == 1)
            ++count;
    }
    return count;
}

std::optional<FlowIndex> Mda::fresh_flow(std::size_t at) const {
    for (FlowIndex flow = 0; flow < plan_.flows; ++flow)
        if (hops_[at].untouched(flow) && ends_[flow] >= ttl_at(at)) return flow;
    return std::nullopt;
}

/// The next flow to widen a hop with: on the lane that fewest flows were sent along so far; else
/// any that was not sent here.
std::optional<FlowIndex> Mda::best_flow(std::size_t at) const {
    if (at == 0) return fresh_flow(at);
    auto const& before = hops_[at - 1];
    std::vector<unsigned> probed(before.vertex_limit());
    for (FlowIndex flow = 0; flow < used_; ++flow)
        if (auto const lane = before.vertex(flow); lane && !hops_[at].untouched(flow))
            ++probed[*lane];
    std::optional<FlowIndex> best;
    unsigned fewest = ~0U;
    for (Vertex lane = 0; lane < before.vertex_limit(); ++lane) {
        if (!before.leads_on(lane) || probed[lane] >= fewest) continue;
        auto const flow = flow_on(lane, at);
        if (!flow) continue;
        best = flow;
        fewest = probed[lane];
    }
    return best ? best : fresh_flow(at);
}

/// Sends flows until the stopping point is reached.
void Mda::widen(std::size_t at) {
    auto const& hop = hops_[at];
    if (hop.settled() == 0) return;
    // Which flows to take is known when the lanes before are: taken at random, more would be
    // needed.
    if (at > 0 && hops_[at - 1].settled() > 0 && !met(at - 1)) return;
    // One flow on each lane may show more vertices, and those more lanes before.
    if (hop.width() == 1 && lanes(at) >= 2 && hop.in_flight() > 0) return;
    // In a silent tail flow 0 says it all.
    if (hop.vertices() == 0 && ttl_at(at) > highest_answered_) return;
    for (unsigned const all = needed(at); hop.probed() < all;) {
        auto const flow = best_flow(at);
        if (!flow) {
            incomplete_ = true;
            return;
        }
        want(*flow, at);
    }
}

/// Every vertex gets a predecessor; so a branch that shows first at a later hop is found before it.
void Mda::link(std::size_t at) {
    if (at == 0 || hops_[at].vertices() < 2 || hops_[at - 1].vertices() < 2) return;
    auto const& hop = hops_[at];
    std::vector<bool> linked(hop.vertex_limit());
    for (FlowIndex flow = 0; flow < used_; ++flow)
        if (auto const vertex = hop.vertex(flow); vertex && !hops_[at - 1].untouched(flow))
            linked[*vertex] = true;
    for (FlowIndex flow = 0; flow < used_; ++flow) {
        auto const vertex = hop.vertex(flow);
        if (!vertex || linked[*vertex]) continue;
        linked[*vertex] = true;
        want(flow, at - 1);
    }
}

/// MDA-Lite's conditions (Vermeulen et al., "Multilevel MDA-Lite Paris Traceroute", IMC 2018): a
/// diamond is meshed where ways from one hop to the next cross, and asymmetric where vertices of a
/// hop differ in how many ways lead on.
bool Mda::irregular(std::size_t at) const {
    auto const [successors, predecessors] = links(at);
    unsigned const before = lanes(at);
    unsigned const here = hops_[at].vertices();
    if (before == here) return any_branches(successors);
    if (before < here) return any_branches(predecessors) || !all_of_one_size(successors);
    return any_branches(successors) || !all_of_one_size(predecessors);
}

/// The full MDA, where the diamond is not regular: every vertex before this hop is a balancer of
/// its own, and needs as many flows along it as its number of next hops asks for.
void Mda::control_nodes(std::size_t at) {
    if (at == 0 || lanes(at) < 2 || hops_[at].vertices() < 2) return;
    bool const settled = met(at - 1) && met(at) && tested(at - 1) && tested(at);
    if (!settled || hops_[at - 1].varies() || hops_[at].varies()) return;
    full_[at] = full_[at] || irregular(at);
    if (!full_[at]) return;

    auto const& before = hops_[at - 1];
    auto const known = links(at);
    unsigned missing = 0;
    for (Vertex lane = 0; lane < before.vertex_limit(); ++lane) {
        if (!before.leads_on(lane)) continue;
        unsigned probed = 0;
        for (FlowIndex flow = 0; flow < used_; ++flow)
            if (before.vertex(flow) == lane && !hops_[at].untouched(flow)) ++probed;
        auto const next_hops = static_cast<unsigned>(known.successors[lane].size());
        unsigned const all = stopping_point(next_hops + 1, error(next_hops + 1));
        for (; probed < all; ++probed) {
            auto const flow = flow_on(lane, at);
            if (!flow) break;
            want(*flow, at);
        }
        missing += all - std::min(probed, all);
    }
    // Which lane a new flow takes is not ours to choose.
    for (; missing > 0; --missing) {
        auto const flow = fresh_flow(at - 1);
        if (!flow) {
            incomplete_ = true;
            return;
        }
        want(*flow, at - 1);
    }
}

}  // namespace dtrace::engine
