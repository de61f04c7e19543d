#pragma once

#include "address_key.hpp"
#include "icmp_error.hpp"

#include <dtrace/sim/topology.hpp>

#include <array>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace dtrace::sim {

using NodeIndex = std::uint32_t;
using LinkIndex = std::uint32_t;
inline constexpr NodeIndex no_node = std::numeric_limits<NodeIndex>::max();

/// One direction of a link, seen from the node it leaves.
struct Exit {
    LinkIndex link = 0;
    bool forward = true;  ///< in the written direction
    NodeIndex to = no_node;
};

/// A link with all its defaults. Index 0 of a pair: in the written direction; 1: back.
struct SceneLink {
    std::array<NodeIndex, 2> ends{};  ///< where each direction leaves
    std::array<double, 2> loss{};
    std::array<std::uint32_t, 2> delay_us{};
    std::uint32_t jitter_us = 0;
    std::uint32_t cost = 1;
    std::uint32_t weight = 1;
    std::uint32_t mtu = 0;  ///< 0: none
    bool down = false;
    /// By end (0: from, 1: to) and family: the interface's address.
    std::array<std::array<std::optional<IpAddress>, 2>, 2> interfaces;
};

/// What a node does with packets to some block.
struct SceneRoute {
    AddressKey block;
    unsigned length = 0;
    std::vector<Exit> exits;  ///< empty: refused, or dropped when there is no refusal
    std::optional<std::array<IcmpError, 2>> refusal;  ///< by family
    bool ttl_first = false;
};

struct SceneNode {
    std::string name;
    Node what;  ///< as described; absent members have the defaults of docs/simulator.md
    std::array<std::optional<IpAddress>, 2> own;         ///< first address, by family
    std::array<std::optional<IpAddress>, 2> reply_from;  ///< fixed source of errors, by family
    std::array<std::unordered_map<Port, PortState>, 2> ports;  ///< UDP, TCP
    std::vector<SceneRoute> routes;                            ///< longest prefix first
    std::vector<Exit> exits;
    std::vector<Exit> gateways;  ///< of a host: where it sends what it knows no way to
    std::uint64_t seed = 0;
    bool host = false;
};

/// The topology between two events, prepared for forwarding. Shortest paths to a node are worked
/// out when they are first asked for.
class Scene {
  public:
    /// `topology` is without fault and has single links.
    Scene(Topology const& topology, std::uint64_t seed);

    [[nodiscard]] std::span<SceneNode const> nodes() const { return nodes_; }
    [[nodiscard]] std::span<SceneLink const> links() const { return links_; }
    [[nodiscard]] SceneNode const& node(NodeIndex index) const { return nodes_[index]; }
    [[nodiscard]] SceneLink const& link(LinkIndex index) const { return links_[index]; }

    /// The node that packets to the address are for; no_node when it is nobody's.
    [[nodiscard]] NodeIndex owner(AddressKey address) const;

    /// The longest of the written routes of `at` that holds the address; null: there is none.
    [[nodiscard]] SceneRoute const* written_route(NodeIndex at, AddressKey address) const;

    /// Every next hop on a shortest path, by the costs of the links; none when there is no path.
    [[nodiscard]] std::span<Exit const> shortest(NodeIndex at, NodeIndex destination);

  private:
    /// All nodes' next hops towards one destination: those of node n are
    /// exits[begin[n]…begin[n+1]).
    struct Tree {
        std::vector<std::uint32_t> begin;
        std::vector<Exit> exits;
    };
    struct Block {
        AddressKey block;
        unsigned length = 0;
        NodeIndex owner = no_node;
    };

    void add_nodes(Topology const& topology, std::uint64_t seed);
    void add_links(Topology const& topology);
    void add_routes(Topology const& topology);
    void own(Prefix const& prefix, NodeIndex node);
    [[nodiscard]] std::vector<Exit> exits_via(NodeIndex at, Route const& route,
                                              Topology const& topology) const;
    [[nodiscard]] Tree grow_tree(NodeIndex destination) const;

    std::vector<SceneNode> nodes_;
    std::vector<SceneLink> links_;
    std::unordered_map<AddressKey, NodeIndex> owners_;
    std::vector<Block> blocks_;  ///< longest prefix first
    std::vector<std::unique_ptr<Tree>> trees_;
};

}  // namespace dtrace::sim
