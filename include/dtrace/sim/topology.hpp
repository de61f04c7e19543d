#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/sim/node.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::sim {

// A topology file, name by name (docs/simulator.md). What is absent has the default told there; in
// an event, what is present replaces what was.

/// Replies retrace the way of their packet, or are routed like any other packet.
enum class ReturnPath : std::uint8_t { mirrored, routed };
BOOST_DESCRIBE_ENUM(ReturnPath, mirrored, routed)

/// One link between each two nodes that stand beside each other in `nodes`. "Back" is against the
/// written direction.
struct Link {
    std::vector<std::string> nodes;
    std::optional<std::string> name;
    std::optional<std::uint32_t> delay_us;
    std::optional<std::uint32_t> delay_back_us;
    std::optional<std::uint32_t> jitter_us;
    std::optional<double> loss;
    std::optional<double> loss_back;
    std::optional<std::uint32_t> cost;
    std::optional<std::uint32_t> weight;
    std::optional<std::uint16_t> mtu;
    std::optional<bool> down;
    std::vector<IpAddress> from_addresses;
    std::vector<IpAddress> to_addresses;
};
BOOST_DESCRIBE_STRUCT(Link, (),
                      (nodes, name, delay_us, delay_back_us, jitter_us, loss, loss_back, cost,
                       weight, mtu, down, from_addresses, to_addresses))

/// What changes `at_ms` after the start.
struct Event {
    std::uint32_t at_ms = 0;
    std::map<std::string, Node> nodes;
    std::vector<Link> links;
};
BOOST_DESCRIBE_STRUCT(Event, (), (at_ms, nodes, links))

struct Topology {
    std::optional<std::string> about;
    std::vector<std::string> probes;  ///< the hosts that packets come from
    std::optional<ReturnPath> return_path;
    std::map<std::string, Node> nodes;
    std::vector<Link> links;
    std::vector<Event> events;
};
BOOST_DESCRIBE_STRUCT(Topology, (), (about, probes, return_path, nodes, links, events))

/// From the text of a topology file. The error names the place: "nodes.r1.addresses[0]: …".
[[nodiscard]] Result<Topology> read_topology(std::string_view json);

/// The names of the hosts that packets come from: `probes`, or the host named "probe".
[[nodiscard]] std::vector<std::string> probes_of(Topology const& topology);

/// Why no network can be made of `topology`, with the place.
[[nodiscard]] std::optional<std::string> find_fault(Topology const& topology);

}  // namespace dtrace::sim
