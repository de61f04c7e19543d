#include "change.hpp"
#include "node_fault.hpp"

#include <dtrace/json/place.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace dtrace::sim {
namespace {

constexpr std::size_t max_nodes = 4096;
constexpr std::size_t max_links = 16384;
constexpr std::size_t max_events = 256;

/// "events[0].nodes["r1"]", the way json::read tells places.
std::string node_place(std::string_view at, std::string_view name) {
    json::Place const document(at);
    json::Place const nodes = document.member("nodes");
    return nodes.key(name).text();
}

void check_link_values(Link const& link, std::string const& at, FirstFault& fault) {
    check_probability(link.loss, at + ".loss", fault);
    check_probability(link.loss_back, at + ".loss_back", fault);
    for (auto const& [delay, name] : {std::pair{link.delay_us, "delay_us"},
                                      {link.delay_back_us, "delay_back_us"},
                                      {link.jitter_us, "jitter_us"}})
        fault.unless(delay.value_or(0) <= max_delay_us, at + "." + name,
                     "must be at most 60000000 (a minute)");
    auto const within_bounds = [](std::optional<std::uint32_t> value) {
        return value.value_or(1) >= 1 && value.value_or(1) <= 1'000'000;
    };
    fault.unless(within_bounds(link.cost), at + ".cost", "must be 1 to 1000000");
    fault.unless(within_bounds(link.weight), at + ".weight", "must be 1 to 1000000");
    fault.unless(link.mtu.value_or(1280) >= 68, at + ".mtu", "must be at least 68");
}

void check_link_ends(Topology const& topology, Link const& link, std::string const& at,
                     FirstFault& fault) {
    fault.unless(link.nodes.size() >= 2, at + ".nodes", "must name at least two nodes");
    for (std::size_t i = 0; i < link.nodes.size(); ++i) {
        auto const place = fmt::format("{}.nodes[{}]", at, i);
        fault.unless(topology.nodes.contains(link.nodes[i]), place, "is no node");
        fault.unless(i == 0 || link.nodes[i] != link.nodes[i - 1], place, "is linked to itself");
    }
    if (link.nodes.size() > 2) {
        fault.unless(!link.name, at + ".name", "is for a link of two nodes");
        fault.unless(link.from_addresses.empty(), at + ".from_addresses",
                     "is for a link of two nodes");
        fault.unless(link.to_addresses.empty(), at + ".to_addresses", "is for a link of two nodes");
    }
}

void check_links(Topology const& topology, FirstFault& fault) {
    fault.unless(topology.links.size() <= max_links, "links", "must be at most 16384");
    for (std::size_t i = 0; i < topology.links.size() && !fault.found(); ++i) {
        auto const at = fmt::format("links[{}]", i);
        check_link_ends(topology, topology.links[i], at, fault);
        check_link_values(topology.links[i], at, fault);
    }
}

/// Every address and every prefix has one owner.
void check_ownership(Topology const& topology, FirstFault& fault) {
    std::map<Prefix, std::string, PrefixOrder> owners;
    auto const claim = [&](Prefix const& prefix, std::string const& place) {
        auto const& address = prefix.address;
        bool const usable = !address.is_multicast() &&
                            (prefix.length == 0 || !address.is_unspecified()) &&
                            !(address.is_v6() && address.to_v6().is_v4_mapped());
        fault.unless(usable, place, "must be a unicast address");
        auto const [other, is_new] = owners.emplace(prefix, place);
        fault.unless(is_new, place, "is taken by " + other->second);
    };
    auto const claim_all = [&](std::vector<IpAddress> const& addresses, std::string const& place) {
        for (std::size_t i = 0; i < addresses.size(); ++i)
            claim(host_prefix(addresses[i]), fmt::format("{}[{}]", place, i));
    };
    for (auto const& [name, node] : topology.nodes) {
        claim_all(node.addresses, node_place("", name) + ".addresses");
        for (std::size_t i = 0; i < node.prefixes.size(); ++i)
            claim(node.prefixes[i], fmt::format("{}.prefixes[{}]", node_place("", name), i));
    }
    for (std::size_t i = 0; i < topology.links.size(); ++i) {
        claim_all(topology.links[i].from_addresses, fmt::format("links[{}].from_addresses", i));
        claim_all(topology.links[i].to_addresses, fmt::format("links[{}].to_addresses", i));
    }
}

void check_probes(Topology const& topology, FirstFault& fault) {
    auto const names = probes_of(topology);
    fault.unless(!names.empty(), "probes", "must name a host, or a host must be named \"probe\"");
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto const node = topology.nodes.find(names[i]);
        fault.unless(node != topology.nodes.end() && node->second.host.value_or(false),
                     fmt::format("probes[{}]", i), "is no host");
    }
}

void check_nodes(Topology const& topology, std::string const& at, FirstFault& fault) {
    fault.unless(topology.nodes.size() <= max_nodes, "nodes", "must be at most 4096");
    for (auto const& [name, node] : topology.nodes) {
        if (fault.found()) return;
        check_node(topology, name, node_place(at, name), fault);
    }
}

/// `topology` has single links and the events before this one applied.
void check_event(Event const& event, std::string const& at, Topology& topology, FirstFault& fault) {
    for (auto const& [name, change] : event.nodes) {
        auto const place = node_place(at, name);
        fault.unless(topology.nodes.contains(name), place, "is no node");
        fault.unless(change.addresses.empty(), place + ".addresses", "cannot change");
        fault.unless(change.prefixes.empty(), place + ".prefixes", "cannot change");
        fault.unless(!change.host, place + ".host", "cannot change");
        fault.unless(!change.source_nat, place + ".source_nat", "cannot change");
        fault.unless(!change.destination_nat, place + ".destination_nat", "cannot change");
    }
    for (std::size_t i = 0; i < event.links.size(); ++i) {
        auto const place = fmt::format("{}.links[{}]", at, i);
        Link const& change = event.links[i];
        fault.unless(change.nodes.size() >= 2, place + ".nodes", "must name at least two nodes");
        fault.unless(change.from_addresses.empty(), place + ".from_addresses", "cannot change");
        fault.unless(change.to_addresses.empty(), place + ".to_addresses", "cannot change");
        for (Link const& single : single_links({change}))
            fault.unless(
                std::ranges::any_of(topology.links,
                                    [&](Link const& link) { return means(single, link); }),
                place + ".nodes",
                fmt::format("no link was written from {} to {}", single.nodes[0], single.nodes[1]));
        check_link_values(change, place, fault);
    }
    if (fault.found()) return;
    apply(event, topology);
    check_nodes(topology, at, fault);
}

}  // namespace

std::vector<std::string> probes_of(Topology const& topology) {
    if (!topology.probes.empty()) return topology.probes;
    auto const node = topology.nodes.find("probe");
    if (node == topology.nodes.end() || !node->second.host.value_or(false)) return {};
    return {"probe"};
}

std::optional<std::string> find_fault(Topology const& topology) {
    FirstFault fault;
    check_links(topology, fault);
    if (!fault.found()) check_ownership(topology, fault);
    if (!fault.found()) check_probes(topology, fault);
    Topology changing = topology;
    changing.links = single_links(topology.links);
    if (!fault.found()) check_nodes(changing, "", fault);

    fault.unless(topology.events.size() <= max_events, "events", "must be at most 256");
    std::uint32_t last = 0;
    for (std::size_t i = 0; i < topology.events.size() && !fault.found(); ++i) {
        auto const at = fmt::format("events[{}]", i);
        fault.unless(topology.events[i].at_ms >= last, at + ".at_ms",
                     "must not be before the event before it");
        last = topology.events[i].at_ms;
        check_event(topology.events[i], at, changing, fault);
    }
    return std::move(fault).text();
}

}  // namespace dtrace::sim
