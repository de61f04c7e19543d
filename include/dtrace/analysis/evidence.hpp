#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/model/trace.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dtrace::analysis {

using NodeIndex = std::uint32_t;
using ProbeIndex = std::uint32_t;

/// Nobody answered at this place of a path so far.
inline constexpr NodeIndex silent_node = 0xFFFF'FFFF;

/// Who answers at a place of a path: one address, or several where a balancer sends packets of one
/// flow to different routers. Sorted.
struct Node {
    std::vector<IpAddress> addresses;
};

/// One place of a path: packets sent that far, and how many of them were answered.
struct HopCounts {
    NodeIndex node = silent_node;
    std::uint32_t sent = 0;
    std::uint32_t answered = 0;
};

/// What makes a flow: its probe, its target, and the header fields that balancers hash.
struct FlowKey {
    ProbeIndex probe = 0;
    NodeIndex target = 0;
    std::uint64_t header = 0;

    friend bool operator==(FlowKey const&, FlowKey const&) = default;
};

/// FlowKey::header of a flow with these fields.
[[nodiscard]] std::uint64_t flow_header(Method method, std::optional<Port> source_port,
                                        std::optional<Port> destination_port,
                                        std::optional<std::uint16_t> icmp_checksum);
/// The source port of a flow that was seen in a trace; of ICMP its checksum.
[[nodiscard]] std::uint16_t flow_port(FlowKey const& flow);

/// Packets to the target of which it has counted itself what arrived.
struct ArrivalCounts {
    std::uint32_t rounds = 0;
    std::uint32_t sent = 0;
    std::uint32_t arrived = 0;
    double scatter = 0;  ///< sum over the rounds of arrived² / sent
};

/// All rounds of one flow that took one path. A flow that was sent another way has several.
struct FlowPath {
    FlowKey flow;
    bool reached = false;
    std::uint32_t rounds = 0;
    /// Sum over the rounds of answered² / sent of the whole path: shows whether losses come in
    /// bursts.
    double scatter = 0;
    /// Numbers of the first and the last observation that it was seen in, counted over the whole
    /// evidence: paths of one flow whose spans overlap alternate.
    std::uint32_t first_seen = 0;
    std::uint32_t last_seen = 0;
    std::uint32_t runs = 0;       ///< how often the flow came here from another path, or first
    std::vector<HopCounts> hops;  ///< from the first TTL
    ArrivalCounts counted;        ///< not in the last of `hops`
};

/// What one round says about one flow.
struct FlowObservation {
    FlowKey flow;
    bool reached = false;
    std::span<HopCounts const> hops;
};

/// Counts by flow and path, from one trace or from all traces of a network, for locate_loss.
/// Whatever was added can be taken out again, so that a window slides over time.
///
/// A silent hop contradicts nothing: the round joins the path of its flow that it fits best. Only a
/// different answer is another path.
class Evidence {
  public:
    /// What one observation has added.
    struct Share {
        std::uint32_t path = 0;  ///< index into paths()
        std::vector<HopCounts> hops;
        std::optional<std::uint32_t> arrived{};  ///< of those sent to the last of `hops`
    };
    using Receipt = std::vector<Share>;

    /// A trace whose replies our own host has dropped, or that failed, proves nothing: it is
    /// counted in voided() and the receipt is empty.
    Receipt add(Trace const& trace);
    Share add(FlowObservation const& observation);
    /// Where the path of an added share reaches the target, if nobody else answers there.
    [[nodiscard]] HopCounts const* target_hop(Share const& share) const;
    /// From now on what arrived tells of its packets to target_hop(), not what was answered.
    void count(Share& share, std::uint32_t arrived);
    void uncount(Share& share);  ///< as if it had not been counted
    void remove(Receipt const& receipt);
    void remove(Share const& share);

    [[nodiscard]] ProbeIndex probe(std::string_view name);
    [[nodiscard]] NodeIndex node(IpAddress const& address);
    /// One node for several addresses at one place; `addresses` is not empty.
    [[nodiscard]] NodeIndex node(std::vector<IpAddress> addresses);

    [[nodiscard]] std::vector<FlowPath> const& paths() const { return paths_; }
    [[nodiscard]] std::vector<Node> const& nodes() const { return nodes_; }
    [[nodiscard]] std::vector<std::string> const& probes() const { return probes_; }
    [[nodiscard]] std::uint32_t voided() const { return voided_; }

    static constexpr std::uint32_t no_path = 0xFFFF'FFFF;
    /// Beside paths(): another path of the same flow, or no_path. From the newest of a flow on.
    [[nodiscard]] std::vector<std::uint32_t> const& next_of_flow() const { return next_of_flow_; }

  private:
    struct KeyHash {
        std::size_t operator()(FlowKey const& key) const;
    };

    [[nodiscard]] std::uint32_t path_for(FlowObservation const& observation);
    [[nodiscard]] std::uint32_t new_path(FlowKey const& flow);
    void widen(FlowPath& path, FlowObservation const& observation);
    /// How many places of a path an observation confirms; none when they contradict each other.
    [[nodiscard]] std::optional<std::uint32_t> fit(FlowPath const& path,
                                                   FlowObservation const& observation) const;
    [[nodiscard]] bool includes(NodeIndex whole, NodeIndex part) const;

    std::vector<FlowPath> paths_;
    std::vector<Node> nodes_;
    std::vector<std::string> probes_;
    std::vector<std::uint32_t> next_of_flow_;
    std::unordered_map<FlowKey, std::uint32_t, KeyHash> first_of_flow_;
    std::unordered_map<IpAddress, NodeIndex> node_of_address_;
    std::map<std::vector<IpAddress>, NodeIndex> node_of_addresses_;
    std::map<std::string, ProbeIndex, std::less<>> probe_of_name_;
    std::uint32_t observations_ = 0;
    std::uint32_t voided_ = 0;
};

}  // namespace dtrace::analysis
