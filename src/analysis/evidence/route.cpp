#include "evidence/route.hpp"

#include <algorithm>
#include <unordered_set>

namespace dtrace::analysis {

namespace {

/// A flow that changes its path no oftener than this was routed anew; beyond, it is balanced.
constexpr std::uint32_t most_changes = 4;
constexpr std::uint32_t most_mixed_rounds = 2;

std::uint64_t pair_key(std::uint32_t a, std::uint32_t b) {
    return std::uint64_t{a} << 32 | b;
}

/// The number of hops up to the last one that was heard.
std::size_t heard_hops(FlowPath const& path) {
    std::size_t heard = path.hops.size();
    while (heard > 0 && path.hops[heard - 1].node == silent_node)
        --heard;
    return heard;
}

std::uint64_t way_key(FlowKey const& flow, std::size_t hop, VertexIndex near) {
    std::uint64_t key = pair_key(flow.probe, flow.target) * 0x9E37'79B9'7F4A'7C15u;
    key = (key ^ key >> 32 ^ near) * 0xBF58'476D'1CE4'E5B9u;
    return key ^ key >> 29 ^ hop << 56;
}

}  // namespace

RouteReader::RouteReader(Evidence const& evidence)
    : evidence_(evidence), has_newer_(evidence.paths().size(), false) {
    for (auto const next : evidence.next_of_flow())
        if (next != Evidence::no_path) has_newer_[next] = true;
    for (auto const& path : evidence.paths()) {
        if (!path.reached || path.rounds == 0) continue;
        auto const [index, is_new] = reach_.index_of(pair_key(path.flow.probe, path.flow.target));
        if (is_new) longest_.push_back(0);
        longest_[index] = std::max(longest_[index], path.hops.size());
    }
    learn_ways();
}

void RouteReader::learn_ways() {
    // Only where somebody is silent: elsewhere nobody asks.
    auto const incomplete = [](FlowPath const& path) {
        return path.rounds > 0 &&
               (!path.reached || std::ranges::any_of(path.hops, [](HopCounts const& hop) {
                   return hop.node == silent_node;
               }));
    };
    std::unordered_set<std::uint64_t> asked;
    for (auto const& path : evidence_.paths())
        if (incomplete(path)) asked.insert(pair_key(path.flow.probe, path.flow.target));
    if (asked.empty()) return;
    for (auto const& path : evidence_.paths())
        if (path.rounds > 0 && asked.contains(pair_key(path.flow.probe, path.flow.target)))
            learn_way(path);
}

void RouteReader::learn_way(FlowPath const& path) {
    VertexIndex near = vertex_of_probe(path.flow.probe);
    for (std::size_t hop = 0; hop < path.hops.size(); ++hop) {
        NodeIndex const here = path.hops[hop].node;
        if (here != silent_node && near != silent_node) {
            auto const [way, is_new] = ways_.try_emplace(way_key(path.flow, hop, near), here);
            if (way->second != here) way->second = silent_node;
        }
        near = here;
    }
}

VertexIndex RouteReader::way_on(FlowKey const& flow, std::size_t hop, VertexIndex near) const {
    auto const way = ways_.find(way_key(flow, hop, near));
    return way == ways_.end() ? silent_node : way->second;
}

std::vector<FlowPath> RouteReader::paths_of_flow(std::uint32_t newest) {
    std::vector<FlowPath> paths;
    std::uint32_t runs = 0;
    std::uint32_t rounds = 0;
    for (auto index = newest; index != Evidence::no_path; index = evidence_.next_of_flow()[index]) {
        auto const& path = evidence_.paths()[index];
        if (path.rounds == 0) continue;
        paths.push_back(path);
        runs += path.runs;
        rounds += path.rounds;
    }
    if (paths.size() < 2) return paths;
    // Several routers heard at one place in one round are a balancer's, or a change in mid-round.
    std::uint32_t mixed = 0;
    for (auto const& path : paths)
        if (std::ranges::any_of(path.hops, [&](HopCounts const& hop) {
                return hop.node != silent_node && evidence_.nodes()[hop.node].addresses.size() > 1;
            }))
            mixed += path.rounds;
    if (runs > most_changes + rounds / 10 || mixed > most_mixed_rounds) paths = {merge(paths)};
    return paths;
}

NodeIndex RouteReader::merged_node(std::vector<NodeIndex> nodes) {
    std::ranges::sort(nodes);
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    if (nodes.empty()) return silent_node;
    if (nodes.size() == 1) return nodes.front();
    auto const known = merged_.find(nodes);
    if (known != merged_.end()) return known->second;
    Place place;
    for (auto const node : nodes) {
        auto const& addresses = evidence_.nodes()[node].addresses;
        place.addresses.insert(place.addresses.end(), addresses.begin(), addresses.end());
    }
    std::ranges::sort(place.addresses);
    place.addresses.erase(std::unique(place.addresses.begin(), place.addresses.end()),
                          place.addresses.end());
    return merged_[std::move(nodes)] = other(std::move(place));
}

FlowPath RouteReader::merge(std::vector<FlowPath> const& paths) {
    FlowPath all = paths.front();
    all.hops.clear();
    all.rounds = 0;
    all.scatter = 0;
    all.counted = {};
    all.reached = std::ranges::any_of(paths, &FlowPath::reached);
    for (auto const& path : paths) {
        all.rounds += path.rounds;
        all.scatter += path.scatter;
        all.counted.rounds += path.counted.rounds;
        all.counted.sent += path.counted.sent;
        all.counted.arrived += path.counted.arrived;
        all.counted.scatter += path.counted.scatter;
        if (all.hops.size() < path.hops.size()) all.hops.resize(path.hops.size());
    }
    for (std::size_t hop = 0; hop < all.hops.size(); ++hop) {
        std::vector<NodeIndex> nodes;
        for (auto const& path : paths) {
            if (hop >= path.hops.size()) continue;
            all.hops[hop].sent += path.hops[hop].sent;
            all.hops[hop].answered += path.hops[hop].answered;
            if (path.hops[hop].node != silent_node) nodes.push_back(path.hops[hop].node);
        }
        all.hops[hop].node = merged_node(std::move(nodes));
        if (all.hops[hop].node != all.flow.target) continue;
        // Rounds that lost all packets to the target here found it behind itself.
        all.hops.resize(hop + 1);
    }
    return all;
}

bool RouteReader::read(FlowPath const& path) {
    route_.flow = path.flow;
    route_.reached = path.reached;
    route_.rounds = path.rounds;
    route_.scatter = path.scatter;
    route_.counted = false;
    route_.stops.clear();
    add_hops(path);
    if (!path.reached) {
        ++unreached_;
        add_black_hole(path, heard_hops(path));
    }
    end_at_loop();
    return !route_.stops.empty();
}

bool RouteReader::read_arrivals(FlowPath const& path) {
    auto const& counted = path.counted;
    if (counted.sent == 0 || !route_.reached || route_.stops.empty() ||
        route_.stops.back().vertex != path.flow.target)
        return false;
    route_.rounds = counted.rounds;
    route_.scatter = counted.scatter;
    route_.counted = true;
    for (auto& stop : route_.stops)
        stop = {.vertex = stop.vertex, .silent = true};
    route_.stops.back() = {
        .vertex = path.flow.target, .sent = counted.sent, .answered = counted.arrived};
    return true;
}

void RouteReader::add_hops(FlowPath const& path) {
    auto const heard = heard_hops(path);
    std::size_t first_silent = 0;
    for (std::size_t hop = 0; hop < heard; ++hop) {
        auto const& counts = path.hops[hop];
        if (counts.node == silent_node) continue;
        add_silence(path, first_silent, hop);
        route_.stops.push_back(
            {.vertex = counts.node, .sent = counts.sent, .answered = counts.answered});
        first_silent = hop + 1;
    }
}

void RouteReader::add_silence(FlowPath const& path, std::size_t begin, std::size_t end) {
    if (begin == end) return;
    VertexIndex const near =
        route_.stops.empty() ? vertex_of_probe(path.flow.probe) : route_.stops.back().vertex;
    VertexIndex const far = path.hops[end].node;
    std::vector<VertexIndex> known;
    VertexIndex at = near;
    for (std::size_t hop = begin; hop < end && at != silent_node; ++hop)
        known.push_back(at = way_on(path.flow, hop, at));
    bool const sure = at != silent_node && way_on(path.flow, end, at) == far;
    for (std::size_t hop = begin; hop < end; ++hop)
        route_.stops.push_back({.vertex = sure ? known[hop - begin]
                                               : silent_place(near, far, hop - begin, end - begin),
                                .silent = !sure,
                                .sent = path.hops[hop].sent});
}

void RouteReader::add_black_hole(FlowPath const& path, std::size_t heard) {
    auto const [index, is_new] = reach_.index_of(pair_key(path.flow.probe, path.flow.target));
    if (is_new) longest_.push_back(0);
    if (longest_[index] == 0 || path.hops.size() < longest_[index]) return;
    if (heard == path.hops.size()) return;
    VertexIndex const near =
        route_.stops.empty() ? vertex_of_probe(path.flow.probe) : route_.stops.back().vertex;
    std::vector<Stop> way;
    VertexIndex at = near;
    for (std::size_t hop = heard; hop < path.hops.size() && at != path.flow.target; ++hop) {
        at = way_on(path.flow, hop, at);
        if (at == silent_node) break;
        way.push_back({.vertex = at, .sent = path.hops[hop].sent});
    }
    if (at != path.flow.target) {
        auto const sent = path.hops.back().sent;
        way = {{.vertex = silent_place(near, path.flow.target, 0, 0), .silent = true, .sent = sent},
               {.vertex = path.flow.target, .sent = sent}};
    }
    route_.stops.insert(route_.stops.end(), way.begin(), way.end());
}

void RouteReader::end_at_loop() {
    auto& stops = route_.stops;
    for (std::size_t stop = 2; stop < stops.size(); ++stop) {
        for (std::size_t before = 0; before + 1 < stop; ++before) {
            if (stops[before].vertex != stops[stop].vertex) continue;
            stops.resize(stop);
            route_.reached = false;
            ++looping_;
            return;
        }
    }
}

VertexIndex RouteReader::other(Place place) {
    others_.push_back(std::move(place));
    return static_cast<VertexIndex>(evidence_.nodes().size() + evidence_.probes().size() +
                                    others_.size() - 1);
}

VertexIndex RouteReader::silent_place(VertexIndex near, VertexIndex far, std::size_t position,
                                      std::size_t length) {
    std::uint64_t const key =
        pair_key(near, far) * 0x9E37'79B9'7F4A'7C15u + position * 256 + length + 1;
    auto const [index, is_new] = silent_.index_of(key);
    if (is_new)
        silent_places_.push_back(other({.silent = static_cast<std::uint8_t>(position + 1)}));
    return silent_places_[index];
}

Place RouteReader::place_of(VertexIndex vertex) const {
    auto const nodes = evidence_.nodes().size();
    if (vertex < nodes) return {.addresses = evidence_.nodes()[vertex].addresses};
    if (vertex < nodes + evidence_.probes().size())
        return {.probe = evidence_.probes()[vertex - nodes]};
    return others_[vertex - nodes - evidence_.probes().size()];
}

}  // namespace dtrace::analysis
