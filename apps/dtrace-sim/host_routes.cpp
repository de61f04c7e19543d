#include "host_routes.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <sys/stat.h>

#include <algorithm>

namespace dtrace::simulator {
namespace {

void append(std::vector<IpAddress>& all, std::vector<IpAddress> const& more) {
    all.insert(all.end(), more.begin(), more.end());
}

/// Is a device up, other than the loopback?
bool has_network() {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return true;
    bool found = false;
    for (ifaddrs const* it = list; it; it = it->ifa_next)
        found = found || (it->ifa_flags & (IFF_UP | IFF_LOOPBACK)) == IFF_UP;
    ::freeifaddrs(list);
    return found;
}

}  // namespace

std::vector<IpAddress> probe_addresses(sim::Topology const& topology) {
    std::vector<IpAddress> addresses;
    auto const probes = sim::probes_of(topology);
    for (auto const& name : probes)
        append(addresses, topology.nodes.at(name).addresses);
    for (sim::Link const& link : topology.links) {
        if (std::ranges::count(probes, link.nodes.front())) append(addresses, link.from_addresses);
        if (std::ranges::count(probes, link.nodes.back())) append(addresses, link.to_addresses);
    }
    return addresses;
}

std::vector<Prefix> simulated_blocks(sim::Topology const& topology,
                                     std::vector<IpAddress> const& own) {
    std::vector<IpAddress> addresses;
    std::vector<Prefix> blocks;
    for (auto const& [name, node] : topology.nodes) {
        append(addresses, node.addresses);
        blocks.insert(blocks.end(), node.prefixes.begin(), node.prefixes.end());
        if (node.destination_nat) addresses.push_back(node.destination_nat->address);
        if (node.reply_from) append(addresses, *node.reply_from);
    }
    for (sim::Link const& link : topology.links) {
        append(addresses, link.from_addresses);
        append(addresses, link.to_addresses);
    }
    for (IpAddress const& address : addresses)
        if (!std::ranges::count(own, address)) blocks.push_back(host_prefix(address));

    // Widest first, so that what lies inside another comes behind it.
    std::ranges::stable_sort(blocks, {}, &Prefix::length);
    std::vector<Prefix> needed;
    for (Prefix const& block : blocks)
        if (std::ranges::none_of(needed, [&](auto const& wide) { return contains(wide, block); }))
            needed.push_back(block);
    return needed;
}

bool in_root_network_namespace() {
    struct stat own {};
    struct stat first {};
    if (::stat("/proc/self/ns/net", &own) == 0 && ::stat("/proc/1/ns/net", &first) == 0)
        return own.st_dev == first.st_dev && own.st_ino == first.st_ino;
    return has_network();
}

}  // namespace dtrace::simulator
