#include "change/link_moves.hpp"

#include <dtrace/analysis/interval.hpp>

#include <algorithm>
#include <cmath>

namespace dtrace::analysis {

namespace {

/// The places `i - 1` and `i` as the ends of links; before the first there is the probe.
template <class AddressesAt>
void add_edges(std::set<Edge>& edges, std::size_t size, AddressesAt addresses_at) {
    std::vector<IpAddress> const probe{IpAddress()};
    for (std::size_t i = 0; i < size; ++i)
        for (auto const& from : i == 0 ? probe : addresses_at(i - 1))
            for (auto const& to : addresses_at(i))
                edges.emplace(from, to);
}

bool ended_before(ComparedFlow const& flow, std::size_t i) {
    auto const end = last_answered(*flow.places);
    return flow.reached && end && i > *end;
}

/// Somebody else answers at place `i` than `address`.
bool is_another(ComparedFlow const& flow, std::size_t i, IpAddress const& address) {
    if (i >= flow.places->size()) return ended_before(flow, i);
    auto const& now = (*flow.places)[i].addresses;
    if (now.empty()) return ended_before(flow, i);
    return !std::ranges::binary_search(now, address);
}

std::map<Edge, std::size_t> count(std::vector<ComparedFlow> const& flows, bool settled) {
    std::map<Edge, std::size_t> counts;
    for (auto const& flow : flows)
        for (auto const& edge : settled ? settled_edges(*flow.memory) : present_edges(flow))
            ++counts[edge];
    return counts;
}

/// The share of all flows that took the narrowest link of this one's way.
double narrowest(ComparedFlow const& flow, std::map<Edge, std::size_t> const& then,
                 std::size_t flows) {
    auto least = flows;
    for (auto const& edge : settled_edges(*flow.memory))
        least = std::min(least, then.at(edge));
    return static_cast<double>(least) / static_cast<double>(flows);
}

/// How likely it is that a balancer which hashes all flows anew leaves one of the lost links empty.
double chance_of_emptying(std::vector<ComparedFlow> const& flows) {
    constexpr double nearly_all = 0.98;  // no share is known to be the whole
    auto const then = count(flows, true);
    auto const now = count(flows, false);
    double least = 1;
    for (auto const& [edge, crossers] : then) {
        if (now.contains(edge)) continue;
        bool all_left = true;
        bool others_stayed = true;
        double stay = 1;
        for (auto const& flow : flows) {
            if (settled_edges(*flow.memory).contains(edge)) {
                all_left = all_left && flow.moved && has_left(flow, edge);
            } else {
                others_stayed = others_stayed && !flow.moved;
                stay *= std::min(nearly_all, narrowest(flow, then, flows.size()));
            }
        }
        if (!all_left) continue;
        // What few flows tell of its share may be too much by chance.
        auto const share =
            wilson(static_cast<double>(crossers), static_cast<double>(flows.size())).low;
        auto const miss = 1 - share;
        auto const p = others_stayed ? std::pow(miss, crossers) * stay
                                     : std::pow(miss, static_cast<double>(flows.size()));
        least = std::min(least, p);
    }
    return least;
}

bool rejoins(ComparedFlow const& flow, KnownLinks const& known) {
    auto const end = last_answered(*flow.places);
    return end && known.knows_address((*flow.places)[*end].addresses.front());
}

}  // namespace

std::set<Edge> settled_edges(FlowMemory const& memory) {
    static std::vector<IpAddress> const nobody;
    std::set<Edge> edges;
    add_edges(edges, memory.size(), [&](std::size_t i) -> std::vector<IpAddress> const& {
        return memory.spread(i) ? nobody : memory.at(i);
    });
    return edges;
}

std::set<Edge> present_edges(ComparedFlow const& flow) {
    static std::vector<IpAddress> const nobody;
    std::set<Edge> edges;
    add_edges(edges, flow.places->size(), [&](std::size_t i) -> std::vector<IpAddress> const& {
        bool const spread = i < flow.memory->size() && flow.memory->spread(i);
        return spread ? nobody : (*flow.places)[i].addresses;
    });
    return edges;
}

void KnownLinks::add(FlowMemory const& memory) {
    edges_.merge(settled_edges(memory));
    for (std::size_t i = 0; i < memory.size(); ++i) {
        auto const& here = memory.at(i);
        addresses_.insert(here.begin(), here.end());
        bool const silent_before = i > 0 && memory.at(i - 1).empty();
        bool const silent_behind = i + 1 < memory.size() && memory.at(i + 1).empty();
        if (silent_before) behind_silence_.insert(here.begin(), here.end());
        if (silent_behind) before_silence_.insert(here.begin(), here.end());
        if (i == 0 && here.empty()) before_silence_.insert(IpAddress());
    }
}

bool KnownLinks::may_know(Edge const& edge) const {
    return edges_.contains(edge) || before_silence_.contains(edge.first) ||
           behind_silence_.contains(edge.second);
}

bool has_left(ComparedFlow const& flow, Edge const& edge) {
    auto const& memory = *flow.memory;
    for (std::size_t i = 0; i < memory.size(); ++i) {
        bool const ends_here = std::ranges::binary_search(memory.at(i), edge.second);
        bool const begins_here = i == 0 ? edge.first == IpAddress()
                                        : std::ranges::binary_search(memory.at(i - 1), edge.first);
        if (!ends_here || !begins_here) continue;
        return is_another(flow, i, edge.second) || (i > 0 && is_another(flow, i - 1, edge.first));
    }
    return false;
}

LinkMoves moves_of(std::vector<ComparedFlow> const& flows) {
    LinkMoves moves;
    auto const then = count(flows, true);
    auto const now = count(flows, false);
    for (auto const& flow : flows) {
        if (!flow.moved) continue;
        auto const before = settled_edges(*flow.memory);
        auto const after = present_edges(flow);
        for (auto const& edge : before)
            if (!after.contains(edge) && has_left(flow, edge)) moves.lost[edge] = then.at(edge);
        for (auto const& edge : after)
            if (!before.contains(edge)) moves.gained[edge] = now.at(edge);
    }
    return moves;
}

bool is_change(std::vector<ComparedFlow> const& flows, KnownLinks const& known, double chance) {
    std::size_t moved = 0;
    std::size_t moved_to_new = 0;
    bool new_ones_rejoin = true;
    for (auto const& flow : flows) {
        if (!flow.moved) continue;
        ++moved;
        auto const edges = present_edges(flow);
        if (std::ranges::all_of(edges, [&](auto const& edge) { return known.may_know(edge); }))
            continue;
        ++moved_to_new;
        new_ones_rejoin = new_ones_rejoin && rejoins(flow, known);
    }
    if (moved == 0) return false;
    if (flows.size() == 1) return true;
    if (moved_to_new > 0) {
        // Where a quarter of the others have changed places as well, a branch that was hidden so
        // far is part of what is hashed anew: two ways of equal width move every second flow.
        auto const others = flows.size() - moved_to_new;
        bool const hashed_anew = others > 0 && 4 * (moved - moved_to_new) >= others;
        return !(hashed_anew && new_ones_rejoin);
    }
    return chance_of_emptying(flows) < chance;
}

}  // namespace dtrace::analysis
