#include "change/thinned_sample.hpp"
#include "evidence/path_places.hpp"
#include "graph_rank.hpp"

#include <dtrace/analysis/path_graph.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace dtrace::analysis {

namespace {

constexpr std::size_t most_names = 4;
constexpr std::size_t most_labels = 8;
constexpr std::size_t most_side_by_side = 16;  ///< addresses of one hop

struct CollectedNode {
    GraphNode view;
    ThinnedSample rtt;
};

struct CollectedLink {
    GraphLink view;
    std::unordered_set<std::uint64_t> flows;
    ThinnedSample rtt;
};

template <class T>
void add_once(std::vector<T>& list, T const& value, std::size_t most) {
    if (list.size() < most && std::ranges::find(list, value) == list.end()) list.push_back(value);
}

std::optional<Quantiles> quantiles(ThinnedSample const& sample) {
    auto const values = sample.sorted();
    if (values.empty()) return std::nullopt;
    auto const at = [&](double share) {
        return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
    };
    return Quantiles{sample.seen(), at(0.1), at(0.5), at(0.9)};
}

using Places = std::vector<PathPlace>;
using NodeIds = std::vector<std::uint32_t>;

/// The nearest place that answered, before or behind `i`.
std::optional<std::size_t> neighbour(Places const& places, std::size_t i, bool before) {
    while (before ? i-- > 0 : ++i < places.size())
        if (!places[i].addresses.empty()) return i;
    return std::nullopt;
}

}  // namespace

struct PathGraph::Impl {
    explicit Impl(Limits with) : limits(with) {}

    template <class Map, class Key>
    std::optional<std::uint32_t> node(Map& map, Key const& key, GraphNodeKind kind);
    std::optional<std::uint32_t> node_of(IpAddress const& address) {
        return node(by_address, address, GraphNodeKind::router);
    }
    std::optional<std::uint32_t> silent_node(Places const& places, std::size_t i,
                                             std::uint32_t probe);
    std::optional<NodeIds> nodes_at(Places const& places, std::size_t i, std::uint32_t probe);
    void meet(Hop const& hop, PathPlace const& place, NodeIds const& ids, bool counts);
    void join(NodeIds const& from, NodeIds const& to, std::uint64_t flow, PathPlace const* near,
              PathPlace const& far, Hop const& hop, PathPlace const* end);
    void add(Trace const& trace, Path const& path, std::uint32_t probe);

    Limits limits;
    std::vector<CollectedNode> nodes;
    std::vector<CollectedLink> links;
    std::map<std::string, std::uint32_t> by_probe;
    std::unordered_map<IpAddress, std::uint32_t> by_address;
    /// after, before or itself, position, hops
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t>
        by_silence;
    std::unordered_map<std::uint64_t, std::uint32_t> link_of;
    std::uint64_t traces = 0;
    std::uint64_t voided = 0;
    bool truncated = false;
};

template <class Map, class Key>
std::optional<std::uint32_t> PathGraph::Impl::node(Map& map, Key const& key, GraphNodeKind kind) {
    if (auto const known = map.find(key); known != map.end()) return known->second;
    if (nodes.size() >= limits.nodes) {
        truncated = true;
        return std::nullopt;
    }
    auto const id = static_cast<std::uint32_t>(nodes.size());
    auto& made = nodes.emplace_back();
    made.view.id = id;
    made.view.kind = kind;
    if constexpr (std::is_same_v<Key, IpAddress>) made.view.address = key;
    if constexpr (std::is_same_v<Key, std::string>) made.view.probe = key;
    map.emplace(key, id);
    return id;
}

std::optional<std::uint32_t> PathGraph::Impl::silent_node(Places const& places, std::size_t i,
                                                          std::uint32_t probe) {
    auto const before = neighbour(places, i, true);
    auto const behind = neighbour(places, i, false);
    auto const after = before ? node_of(places[*before].addresses.front()) : probe;
    if (!after) return std::nullopt;
    SilentPlace place{.after = *after, .before = std::nullopt};
    auto const first = before ? *before + 1 : 0;
    place.position = static_cast<std::uint32_t>(i - first + 1);
    place.hops = static_cast<std::uint32_t>(behind.value_or(places.size()) - first);
    if (behind) place.before = node_of(places[*behind].addresses.front());
    if (behind && !place.before) return std::nullopt;
    // Where nothing answers any more it does not matter how far the round looked.
    auto const key =
        std::tuple(*after, place.before.value_or(*after), place.position, behind ? place.hops : 0);
    auto const id = node(by_silence, key, GraphNodeKind::silent);
    if (!id) return std::nullopt;
    auto& known = nodes[*id].view.place;
    if (known) place.hops = std::max(place.hops, known->hops);
    known = place;
    return id;
}

std::optional<NodeIds> PathGraph::Impl::nodes_at(Places const& places, std::size_t i,
                                                 std::uint32_t probe) {
    NodeIds ids;
    if (places[i].addresses.empty()) {
        auto const id = silent_node(places, i, probe);
        if (!id) return std::nullopt;
        return NodeIds{*id};
    }
    for (auto const& address : places[i].addresses) {
        auto const id = node_of(address);
        if (!id) return std::nullopt;
        ids.push_back(*id);
        if (ids.size() == most_side_by_side) break;
    }
    return ids;
}

void PathGraph::Impl::meet(Hop const& hop, PathPlace const& place, NodeIds const& ids,
                           bool counts) {
    for (auto const id : ids) {
        auto& view = nodes[id].view;
        view.first_ttl = view.first_ttl == 0 ? hop.ttl : std::min(view.first_ttl, hop.ttl);
        view.last_ttl = std::max(view.last_ttl, hop.ttl);
        if (!counts || ids.size() > 1) continue;
        view.sent += place.sent;
        view.answered += place.answered;
    }
    for (auto const& answer : hop.answers) {
        auto& node = nodes[*node_of(answer.from)];
        node.rtt.add(answer.rtt_us);
        if (answer.name) add_once(node.view.names, *answer.name, most_names);
        add_once(node.view.kinds, answer.kind, std::size_t{16});
    }
}

void PathGraph::Impl::join(NodeIds const& from, NodeIds const& to, std::uint64_t flow,
                           PathPlace const* near, PathPlace const& far, Hop const& hop,
                           PathPlace const* end) {
    for (auto const a : from)
        for (auto const b : to) {
            auto const key = std::uint64_t{a} << 32 | b;
            auto known = link_of.find(key);
            if (known == link_of.end()) {
                if (links.size() >= limits.links) {
                    truncated = true;
                    return;
                }
                known = link_of.emplace(key, static_cast<std::uint32_t>(links.size())).first;
                auto& made = links.emplace_back().view;
                made.from = a;
                made.to = b;
            }
            auto& link = links[known->second];
            link.flows.insert(flow);
            ++link.view.rounds;
            link.view.spread = link.view.spread || from.size() > 1 || to.size() > 1;
            if (end && far.ttl <= end->ttl) {
                link.view.sent += end->sent;
                link.view.answered += std::min(end->answered, end->sent);
            }
            if (far.rtt_us && (!near || near->rtt_us))
                link.rtt.add(*far.rtt_us - (near ? *near->rtt_us : 0));
            for (auto const& answer : hop.answers)
                for (auto const& label : answer.labels.value_or(std::vector<MplsLabel>()))
                    add_once(link.view.labels, label.label, most_labels);
        }
}

void PathGraph::Impl::add(Trace const& trace, Path const& path, std::uint32_t probe) {
    auto const places = places_of(path);
    bool const counts = counts_hold(trace);
    auto const last = last_answered(places);
    auto const* const end = counts && last ? &places[*last] : nullptr;
    auto const flow = flow_hash(trace, path);
    NodeIds from{probe};
    for (std::size_t i = 0; i < places.size(); ++i) {
        auto const ids = nodes_at(places, i, probe);
        if (!ids) return;
        if (places[i].addresses.size() > ids->size()) truncated = true;
        bool const all_known = places[i].addresses.size() <= ids->size();
        if (all_known) meet(path.hops[i], places[i], *ids, counts);
        join(from, *ids, flow, i == 0 ? nullptr : &places[i - 1], places[i], path.hops[i], end);
        from = *ids;
    }
    if (!path.reached || !last) return;
    for (auto const& address : places[*last].addresses) {
        auto const id = node_of(address);
        if (!id) return;
        auto& view = nodes[*id].view;
        view.kind = GraphNodeKind::target;
        if (std::ranges::find(view.names, trace.target.host) == view.names.end() &&
            trace.target.host != to_text(address))
            view.names.insert(view.names.begin(), trace.target.host);
        if (view.names.size() > most_names) view.names.pop_back();
    }
}

PathGraph::PathGraph(Limits limits) : impl_(std::make_unique<Impl>(limits)) {}
PathGraph::PathGraph() : PathGraph(Limits{}) {}
PathGraph::PathGraph(PathGraph&&) noexcept = default;
PathGraph::~PathGraph() = default;

void PathGraph::add(Trace const& trace) {
    ++impl_->traces;
    if (!counts_hold(trace)) ++impl_->voided;
    auto const probe = impl_->node(impl_->by_probe, trace.probe, GraphNodeKind::probe);
    if (!probe) return;
    for (auto const& path : trace.paths)
        impl_->add(trace, path, *probe);
}

GraphView PathGraph::view() const {
    GraphView view{.traces = impl_->traces, .voided = impl_->voided, .truncated = impl_->truncated};
    std::vector<Arrow> arrows;
    for (auto const& link : impl_->links) {
        auto& shown = view.links.emplace_back(link.view);
        shown.flows = static_cast<std::uint32_t>(link.flows.size());
        shown.rtt_us = quantiles(link.rtt);
        if (shown.sent > 0)
            shown.loss = wilson(static_cast<double>(shown.sent - shown.answered),
                                static_cast<double>(shown.sent));
        arrows.push_back({shown.from, shown.to, shown.rounds});
    }
    auto const ranking = rank_nodes(static_cast<std::uint32_t>(impl_->nodes.size()), arrows);
    for (std::size_t i = 0; i < view.links.size(); ++i)
        view.links[i].back = ranking.back[i];
    for (auto const& node : impl_->nodes) {
        auto& shown = view.nodes.emplace_back(node.view);
        shown.rank = ranking.rank[shown.id];
        shown.rtt_us = quantiles(node.rtt);
    }
    return view;
}

}  // namespace dtrace::analysis
