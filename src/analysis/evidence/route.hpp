#pragma once

#include "evidence/index_map.hpp"

#include <dtrace/analysis/evidence.hpp>
#include <dtrace/analysis/loss_verdict.hpp>

#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dtrace::analysis {

/// Nodes of the evidence, then its probes, then what only the analysis knows: silent places and
/// several nodes as one.
using VertexIndex = std::uint32_t;

/// One place of a route, and the packets that were sent that far.
struct Stop {
    VertexIndex vertex = 0;
    bool silent = false;  ///< nobody answers here: the counts say nothing
    std::uint32_t sent = 0;
    std::uint32_t answered = 0;
};

/// A path of a flow as the analysis sees it. Its stops differ from one another, but for a router
/// that answers twice in a row.
struct Route {
    FlowKey flow;
    bool reached = false;
    std::uint32_t rounds = 0;
    double scatter = 0;
    bool counted = false;  ///< the last stop is the target, which counted what arrived: the only
                           ///< one that is not silent
    std::vector<Stop> stops;
};

/// Reads paths as routes:
/// - paths of a flow that alternate become one, with all responders of a place as one vertex: the
///   packets to other TTLs may have gone either way;
/// - a silent hop is the router that other flows of the probe to the target hear there, if these go
///   one way only; else a place of its own, the same for all paths between the same neighbours;
/// - silent hops behind the last responder are left out, unless other flows to the same target got
///   through within as many hops: then the target was asked and did not hear it;
/// - a route ends where it comes back to a router that it has left;
/// - packets to the target that it has counted itself are a route by themselves.
class RouteReader {
  public:
    explicit RouteReader(Evidence const& evidence);

    /// Calls `use(route)` for each; the route is gone after the call.
    template <class Use>
    void each(Use&& use) {
        auto const& paths = evidence_.paths();
        for (std::uint32_t index = 0; index < paths.size(); ++index) {
            if (has_newer_[index]) continue;
            if (evidence_.next_of_flow()[index] == Evidence::no_path) {
                if (paths[index].rounds > 0) read(paths[index], use);
                continue;
            }
            for (auto const& path : paths_of_flow(index))
                read(path, use);
        }
    }

    [[nodiscard]] VertexIndex vertex_of_probe(ProbeIndex probe) const {
        return static_cast<VertexIndex>(evidence_.nodes().size()) + probe;
    }
    [[nodiscard]] Place place_of(VertexIndex vertex) const;
    /// Flows that never reached their target, out of those that the reader has seen.
    [[nodiscard]] std::uint32_t unreached() const { return unreached_; }
    [[nodiscard]] std::uint32_t looping() const { return looping_; }

  private:
    template <class Use>
    void read(FlowPath const& path, Use& use) {
        if (read(path)) use(std::as_const(route_));
        if (read_arrivals(path)) use(std::as_const(route_));
    }
    [[nodiscard]] std::vector<FlowPath> paths_of_flow(std::uint32_t newest);
    [[nodiscard]] NodeIndex merged_node(std::vector<NodeIndex> nodes);
    [[nodiscard]] FlowPath merge(std::vector<FlowPath> const& paths);
    [[nodiscard]] VertexIndex other(Place place);
    [[nodiscard]] bool read(FlowPath const& path);
    /// Of the path that was read last.
    [[nodiscard]] bool read_arrivals(FlowPath const& path);
    void add_hops(FlowPath const& path);
    void add_silence(FlowPath const& path, std::size_t begin, std::size_t end);
    void add_black_hole(FlowPath const& path, std::size_t heard);
    void learn_ways();
    void learn_way(FlowPath const& path);
    /// Where all flows go on that come by `near` at this hop; silent_node when they go several
    /// ways.
    [[nodiscard]] VertexIndex way_on(FlowKey const& flow, std::size_t hop, VertexIndex near) const;
    void end_at_loop();
    [[nodiscard]] VertexIndex silent_place(VertexIndex near, VertexIndex far, std::size_t position,
                                           std::size_t length);

    Evidence const& evidence_;
    std::vector<bool> has_newer_;
    IndexMap reach_;                    ///< probe and target →
    std::vector<std::size_t> longest_;  ///< hops of the longest path that reached it
    std::unordered_map<std::uint64_t, VertexIndex> ways_;
    IndexMap silent_;  ///< neighbours and position → index into silent_places_
    std::vector<VertexIndex> silent_places_;
    std::map<std::vector<NodeIndex>, VertexIndex> merged_;
    std::vector<Place> others_;
    Route route_;
    std::uint32_t unreached_ = 0;
    std::uint32_t looping_ = 0;
};

}  // namespace dtrace::analysis
