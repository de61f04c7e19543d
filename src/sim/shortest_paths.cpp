#include "scene.hpp"

#include <functional>
#include <queue>
#include <utility>

namespace dtrace::sim {
namespace {

using Distance = std::uint64_t;
constexpr Distance unreached = std::numeric_limits<Distance>::max();

}  // namespace

/// Dijkstra from the destination outwards; a host is passed only as an end.
Scene::Tree Scene::grow_tree(NodeIndex destination) const {
    using Entry = std::pair<Distance, NodeIndex>;
    std::vector<Distance> distance(nodes_.size(), unreached);
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> frontier;
    distance[destination] = 0;
    frontier.emplace(0, destination);
    while (!frontier.empty()) {
        auto const [far, at] = frontier.top();
        frontier.pop();
        if (far != distance[at] || (nodes_[at].host && at != destination)) continue;
        for (Exit const& exit : nodes_[at].exits) {
            if (links_[exit.link].down) continue;
            Distance const further = far + links_[exit.link].cost;
            if (further >= distance[exit.to]) continue;
            distance[exit.to] = further;
            frontier.emplace(further, exit.to);
        }
    }

    Tree tree;
    tree.begin.reserve(nodes_.size() + 1);
    for (NodeIndex at = 0; at < nodes_.size(); ++at) {
        tree.begin.push_back(static_cast<std::uint32_t>(tree.exits.size()));
        if (at == destination || distance[at] == unreached) continue;
        for (Exit const& exit : nodes_[at].exits) {
            bool const passable = !nodes_[exit.to].host || exit.to == destination;
            if (!links_[exit.link].down && passable && distance[exit.to] != unreached &&
                distance[exit.to] + links_[exit.link].cost == distance[at])
                tree.exits.push_back(exit);
        }
    }
    tree.begin.push_back(static_cast<std::uint32_t>(tree.exits.size()));
    return tree;
}

}  // namespace dtrace::sim
