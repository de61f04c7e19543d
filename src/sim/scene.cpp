#include "scene.hpp"

#include "port_number.hpp"

#include <algorithm>
#include <iterator>

namespace dtrace::sim {
namespace {

std::size_t family_slot(IpAddress const& address) {
    return address.is_v4() ? 0 : 1;
}

void keep_first(IpAddress const& address, std::array<std::optional<IpAddress>, 2>& by_family) {
    auto& kept = by_family[family_slot(address)];
    if (!kept) kept = address;
}

std::unordered_map<Port, PortState> numbered(std::map<std::string, PortState> const& ports) {
    std::unordered_map<Port, PortState> numbered;
    for (auto const& [text, state] : ports)
        if (auto const port = port_number(text)) numbered.emplace(*port, state);
    return numbered;
}

std::optional<std::array<IcmpError, 2>> refusal_of(Route const& route) {
    if (!route.reject && !route.reject_code) return {};
    auto const kind = route.reject.value_or(Unreachable::net);
    std::array<IcmpError, 2> errors{unreachable(Family::ipv4, kind),
                                    unreachable(Family::ipv6, kind)};
    if (route.reject_code) errors[0].code = errors[1].code = *route.reject_code;
    return errors;
}

/// The same name has the same seed in every topology: adding a node does not move the others'
/// flows.
std::uint64_t seed_of(std::string_view name, std::uint64_t seed) {
    std::uint64_t hash = mixed(seed + 0x9e3779b97f4a7c15U);
    for (char c : name)
        hash = mixed(hash ^ static_cast<unsigned char>(c));
    return hash;
}

}  // namespace

Scene::Scene(Topology const& topology, std::uint64_t seed) : trees_(topology.nodes.size()) {
    add_nodes(topology, seed);
    add_links(topology);
    add_routes(topology);
    std::ranges::sort(blocks_, std::ranges::greater{}, &Block::length);
}

void Scene::add_nodes(Topology const& topology, std::uint64_t seed) {
    for (auto const& [name, what] : topology.nodes) {
        auto const index = static_cast<NodeIndex>(nodes_.size());
        SceneNode& node = nodes_.emplace_back();
        node.name = name;
        node.what = what;
        node.host = what.host.value_or(false);
        node.seed = seed_of(name, seed);
        node.ports = {numbered(what.udp_ports), numbered(what.tcp_ports)};
        for (IpAddress const& address : what.addresses) {
            keep_first(address, node.own);
            own(host_prefix(address), index);
        }
        for (Prefix const& prefix : what.prefixes)
            own(prefix, index);
        if (what.source_nat) own(host_prefix(what.source_nat->address), index);
        if (what.destination_nat) own(host_prefix(what.destination_nat->address), index);
        for (IpAddress const& address : what.reply_from.value_or(std::vector<IpAddress>{}))
            keep_first(address, node.reply_from);
    }
}

void Scene::add_links(Topology const& topology) {
    auto const index_of = [&](std::string const& name) {
        auto const node = std::ranges::lower_bound(nodes_, name, {}, &SceneNode::name);
        return static_cast<NodeIndex>(node - nodes_.begin());
    };
    for (Link const& what : topology.links) {
        auto const index = static_cast<LinkIndex>(links_.size());
        SceneLink& link = links_.emplace_back();
        link.ends = {index_of(what.nodes[0]), index_of(what.nodes[1])};
        link.loss = {what.loss.value_or(0), what.loss_back.value_or(0)};
        link.delay_us[0] = what.delay_us.value_or(0);
        link.delay_us[1] = what.delay_back_us.value_or(link.delay_us[0]);
        link.jitter_us = what.jitter_us.value_or(0);
        link.cost = what.cost.value_or(1);
        link.weight = what.weight.value_or(1);
        link.mtu = what.mtu.value_or(0);
        link.down = what.down.value_or(false);
        for (std::size_t end = 0; end < 2; ++end) {
            auto const& addresses = end == 0 ? what.from_addresses : what.to_addresses;
            SceneNode& node = nodes_[link.ends[end]];
            for (IpAddress const& address : addresses) {
                keep_first(address, link.interfaces[end]);
                keep_first(address, node.own);
                own(host_prefix(address), link.ends[end]);
            }
            node.exits.push_back({index, end == 0, link.ends[1 - end]});
        }
    }
}

void Scene::own(Prefix const& prefix, NodeIndex node) {
    auto const length = key_length(prefix.address, prefix.length);
    auto const key = key_of(prefix.address);
    if (length == 128)
        owners_.emplace(key, node);
    else
        blocks_.push_back({key, length, node});
}

std::vector<Exit> Scene::exits_via(NodeIndex at, Route const& route,
                                   Topology const& topology) const {
    std::vector<Exit> exits;
    for (std::string const& via : route.via)
        for (Exit const& exit : nodes_[at].exits)
            if (!links_[exit.link].down &&
                (nodes_[exit.to].name == via || topology.links[exit.link].name == via))
                exits.push_back(exit);
    return exits;
}

void Scene::add_routes(Topology const& topology) {
    for (NodeIndex at = 0; at < nodes_.size(); ++at) {
        if (nodes_[at].host)
            std::ranges::copy_if(nodes_[at].exits, std::back_inserter(nodes_[at].gateways),
                                 [&](Exit const& exit) { return !links_[exit.link].down; });
        if (!nodes_[at].what.routes) continue;
        auto& routes = nodes_[at].routes;
        for (Route const& route : *nodes_[at].what.routes) {
            routes.push_back({.block = key_of(route.to.address),
                              .length = key_length(route.to.address, route.to.length),
                              .exits = exits_via(at, route, topology),
                              .refusal = refusal_of(route),
                              .ttl_first = route.ttl_first.value_or(false)});
        }
        std::ranges::stable_sort(routes, std::ranges::greater{}, &SceneRoute::length);
    }
}

NodeIndex Scene::owner(AddressKey address) const {
    if (auto const found = owners_.find(address); found != owners_.end()) return found->second;
    for (Block const& block : blocks_)
        if (masked(address, block.length) == block.block) return block.owner;
    return no_node;
}

SceneRoute const* Scene::written_route(NodeIndex at, AddressKey address) const {
    for (SceneRoute const& route : nodes_[at].routes)
        if (masked(address, route.length) == route.block) return &route;
    return nullptr;
}

std::span<Exit const> Scene::shortest(NodeIndex at, NodeIndex destination) {
    auto& tree = trees_[destination];
    if (!tree) tree = std::make_unique<Tree>(grow_tree(destination));
    return std::span(tree->exits).subspan(tree->begin[at], tree->begin[at + 1] - tree->begin[at]);
}

}  // namespace dtrace::sim
