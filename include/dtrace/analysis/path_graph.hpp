#pragma once

#include <dtrace/analysis/interval.hpp>
#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/units.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/address_info.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::analysis {

// The members below are the JSON of the API, name by name (docs/api.md).

enum class GraphNodeKind : std::uint8_t { probe, router, target, silent };
BOOST_DESCRIBE_ENUM(GraphNodeKind, probe, router, target, silent)

/// Where a silent hop is: `position` hops behind the node `after`, of `hops` silent ones in a row
/// before the node `before`, which is absent where nothing answered any more.
struct SilentPlace {
    std::uint32_t after = 0;
    std::optional<std::uint32_t> before;
    std::uint32_t position = 1;
    std::uint32_t hops = 1;
};
BOOST_DESCRIBE_STRUCT(SilentPlace, (), (after, before, position, hops))

/// Of microseconds. For a link these are differences, and may be negative.
struct Quantiles {
    std::uint64_t samples = 0;
    std::int64_t p10 = 0;
    std::int64_t median = 0;
    std::int64_t p90 = 0;
};
BOOST_DESCRIBE_STRUCT(Quantiles, (), (samples, p10, median, p90))

struct GraphNode {
    std::uint32_t id = 0;  ///< its place in the list
    GraphNodeKind kind = GraphNodeKind::router;
    std::optional<std::string> probe;
    std::optional<IpAddress> address;
    std::vector<std::string>
        names;  ///< reverse DNS; for a target first the host as it was asked for
    std::optional<SilentPlace> place;
    std::uint32_t rank = 0;  ///< column, from 0: greater than that of every node before it
    Ttl first_ttl = 0;       ///< the nearest and the farthest at which it was met
    Ttl last_ttl = 0;
    std::uint64_t sent = 0;  ///< to hops where this node alone answered, or nobody at a silent one
    std::uint64_t answered = 0;
    std::optional<Quantiles> rtt_us;
    std::vector<ReplyKind> kinds;
    std::optional<AddressInfo> info;  ///< not from the traces: who looks it up adds it
};
BOOST_DESCRIBE_STRUCT(GraphNode, (),
                      (id, kind, probe, address, names, place, rank, first_ttl, last_ttl, sent,
                       answered, rtt_us, kinds, info))

struct GraphLink {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint32_t flows = 0;   ///< different ones
    std::uint32_t rounds = 0;  ///< how often a flow of a round crossed it
    /// Packets that crossed it on their way to the last hop that answered, the target if it was
    /// reached, and those of them that were answered there. What is missing was lost on this link,
    /// on another one of the path, or on the way back.
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
    std::optional<Interval> loss;       ///< of those
    std::optional<Quantiles> rtt_us;    ///< RTT of the far end less that of the near end
    std::vector<std::uint32_t> labels;  ///< MPLS, quoted by the far end
    bool spread =
        false;          ///< packets of one flow take several ways here: who follows whom is a guess
    bool back = false;  ///< leads back: part of a loop. Without these there is none
    std::optional<Uuid> culprit;  ///< GET /api/v1/culprits/{id}
};
BOOST_DESCRIBE_STRUCT(GraphLink, (),
                      (from, to, flows, rounds, sent, answered, loss, rtt_us, labels, spread, back,
                       culprit))

struct GraphView {
    std::vector<GraphNode> nodes;
    std::vector<GraphLink> links;
    std::uint64_t traces = 0;
    std::uint64_t voided = 0;  ///< of them, without counts: our own host lost replies
    bool truncated = false;    ///< not everything that was asked for is in it
    std::optional<std::uint64_t> unreadable;  ///< traces left out by who read them, and adds it
};
BOOST_DESCRIBE_STRUCT(GraphView, (), (nodes, links, traces, voided, truncated, unreadable))

/// All flows of many traces as one graph. Bounded: what would make it larger is left out, and
/// `truncated` says so.
class PathGraph {
  public:
    struct Limits {
        std::size_t nodes = 20'000;
        std::size_t links = 40'000;
    };

    explicit PathGraph(Limits limits);
    PathGraph();
    PathGraph(PathGraph&&) noexcept;
    ~PathGraph();

    void add(Trace const& trace);

    [[nodiscard]] GraphView view() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dtrace::analysis
