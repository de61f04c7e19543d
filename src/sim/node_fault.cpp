#include "node_fault.hpp"

#include "port_number.hpp"

#include <dtrace/json/place.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace dtrace::sim {
namespace {

constexpr std::size_t max_labels = 16;

bool is_neighbour(Topology const& topology, std::string const& node, std::string const& via) {
    return std::ranges::any_of(topology.links, [&](Link const& link) {
        bool const here = link.nodes[0] == node || link.nodes[1] == node;
        return here && (link.name == via ||
                        (via != node && (link.nodes[0] == via || link.nodes[1] == via)));
    });
}

void check_route(Topology const& topology, std::string const& node, Route const& route,
                 std::string const& at, FirstFault& fault) {
    int const ways = int(!route.via.empty()) + int(route.black_hole.value_or(false)) +
                     int(route.reject.has_value()) + int(route.reject_code.has_value());
    fault.unless(ways == 1, at, "must have one of via, black_hole, reject, reject_code");
    for (std::size_t i = 0; i < route.via.size(); ++i)
        fault.unless(is_neighbour(topology, node, route.via[i]), fmt::format("{}.via[{}]", at, i),
                     fmt::format("{} has no such neighbour or link", node));
}

void check_answers(Node const& node, std::string const& at, FirstFault& fault) {
    check_probability(node.answer_probability, at + ".answer_probability", fault);
    check_probability(node.answer_loss, at + ".answer_loss", fault);
    fault.unless(node.answer_delay_us.value_or(0) <= max_delay_us, at + ".answer_delay_us",
                 "must be at most 60000000 (a minute)");
    fault.unless(node.answer_jitter_us.value_or(0) <= max_delay_us, at + ".answer_jitter_us",
                 "must be at most 60000000 (a minute)");
    fault.unless(node.reply_ttl.value_or(64) >= 1, at + ".reply_ttl", "must be at least 1");
    if (auto const& limit = node.rate_limit) {
        fault.unless(limit->per_second >= 0 && limit->per_second <= 1e9,
                     at + ".rate_limit.per_second", "must be 0 to 1000000000");
        fault.unless(limit->burst >= 1, at + ".rate_limit.burst", "must be at least 1");
    }
}

void check_labels(Node const& node, std::string const& at, FirstFault& fault) {
    if (!node.labels || node.labels->empty()) return;
    fault.unless(node.labels->size() <= max_labels, at + ".labels", "must be at most 16");
    auto const quote = node.quote.value_or(Quote::rfc4884);
    fault.unless(quote == Quote::rfc4884 || quote == Quote::rfc4884_legacy, at + ".quote",
                 "must be rfc4884 or rfc4884_legacy for labels to be told");
    for (std::size_t i = 0; i < node.labels->size(); ++i) {
        auto const place = fmt::format("{}.labels[{}]", at, i);
        Label const& entry = (*node.labels)[i];
        fault.unless(entry.label < 1U << 20, place + ".label", "must be 0 to 1048575");
        fault.unless(entry.traffic_class.value_or(0) < 8, place + ".traffic_class",
                     "must be 0 to 7");
    }
}

void check_translation(Node const& node, std::string const& at, FirstFault& fault) {
    if (auto const& nat = node.source_nat)
        fault.unless(family_of(nat->inside.address) == family_of(nat->address),
                     at + ".source_nat.address", "must be of the family of inside");
    if (auto const& nat = node.destination_nat) {
        fault.unless(family_of(nat->to) == family_of(nat->address), at + ".destination_nat.to",
                     "must be of the family of address");
        fault.unless(nat->to != nat->address, at + ".destination_nat.to",
                     "must differ from address");
    }
}

void check_ports(std::map<std::string, PortState> const& ports, std::string const& at,
                 FirstFault& fault) {
    for (auto const& [number, state] : ports)
        fault.unless(port_number(number).has_value(), json::Place(at).key(number).text(),
                     "must be a port, 0 to 65535");
}

}  // namespace

void check_probability(std::optional<double> value, std::string_view place, FirstFault& fault) {
    fault.unless(value.value_or(0) >= 0 && value.value_or(0) <= 1, place, "must be 0 to 1");
}

void check_node(Topology const& topology, std::string const& name, std::string const& at,
                FirstFault& fault) {
    Node const& node = topology.nodes.at(name);
    fault.unless(!name.empty(), at, "must have a name");
    fault.unless(!node.host.value_or(false) || !node.addresses.empty(), at + ".addresses",
                 "must give a host at least one");
    check_answers(node, at, fault);
    check_labels(node, at, fault);
    check_translation(node, at, fault);
    check_ports(node.udp_ports, at + ".udp_ports", fault);
    check_ports(node.tcp_ports, at + ".tcp_ports", fault);
    if (!node.routes) return;
    for (std::size_t i = 0; i < node.routes->size(); ++i)
        check_route(topology, name, (*node.routes)[i], fmt::format("{}.routes[{}]", at, i), fault);
}

}  // namespace dtrace::sim
