#pragma once

#include "change/flow_memory.hpp"
#include "evidence/path_places.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace dtrace::analysis {

/// From one answering address to the next; the unspecified address stands for the probe.
using Edge = std::pair<IpAddress, IpAddress>;

/// A flow of a round beside what is known of it.
struct ComparedFlow {
    FlowMemory const* memory = nullptr;
    std::vector<PathPlace> const* places = nullptr;
    bool reached = false;
    bool moved = false;
};

/// The links between hops of which both ends are known and neither is spread.
[[nodiscard]] std::set<Edge> settled_edges(FlowMemory const& memory);
[[nodiscard]] std::set<Edge> present_edges(ComparedFlow const& flow);

/// What all flows of a target have shown.
class KnownLinks {
  public:
    void add(FlowMemory const& memory);

    /// Whether a way over this link may have been there, hidden by a silent hop.
    [[nodiscard]] bool may_know(Edge const& edge) const;
    [[nodiscard]] bool knows_address(IpAddress const& address) const {
        return addresses_.contains(address);
    }

  private:
    std::set<Edge> edges_;
    std::set<IpAddress> addresses_;
    std::set<IpAddress> before_silence_;
    std::set<IpAddress> behind_silence_;
};

/// Whether the flow, which took this link, has certainly left it: somebody else answers at one of
/// its ends, or the path is over before.
[[nodiscard]] bool has_left(ComparedFlow const& flow, Edge const& edge);

/// What the flows that moved have left and taken, and how many of all flows took it.
struct LinkMoves {
    std::map<Edge, std::size_t> lost;    ///< then
    std::map<Edge, std::size_t> gained;  ///< now
};
[[nodiscard]] LinkMoves moves_of(std::vector<ComparedFlow> const& flows);

/// Whether the flows have changed their way, rather than their places in a set of ways. `chance`:
/// see PathChange::Options.
[[nodiscard]] bool is_change(std::vector<ComparedFlow> const& flows, KnownLinks const& known,
                             double chance);

}  // namespace dtrace::analysis
