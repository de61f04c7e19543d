#include <dtrace/demo/topology_resolver.hpp>

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

namespace dtrace::demo {

namespace asio = boost::asio;

TopologyResolver::TopologyResolver(sim::Topology const& topology) {
    for (auto const& [name, node] : topology.nodes) {
        hosts_.emplace(name, node.addresses);
        for (auto const& address : node.addresses)
            names_.emplace(address, name);
    }
    std::map<std::string, int> interfaces;
    auto const add = [&](std::string const& node, std::vector<IpAddress> const& addresses) {
        if (addresses.empty()) return;
        auto const name = fmt::format("ae-{}.{}", ++interfaces[node], node);
        for (auto const& address : addresses)
            names_.emplace(address, name);
    };
    for (auto const& link : topology.links) {
        add(link.nodes.front(), link.from_addresses);
        add(link.nodes.back(), link.to_addresses);
    }
}

asio::awaitable<Result<std::vector<IpAddress>>> TopologyResolver::addresses(
    std::string host, std::optional<Family> family) {
    std::vector<IpAddress> found;
    if (auto const literal = parse<IpAddress>(host)) {
        found = {*literal};
    } else if (auto const known = hosts_.find(host); known != hosts_.end()) {
        found = known->second;
    }
    if (found.empty())
        co_return make_error(boost::system::errc::no_such_device_or_address,
                             "there is no host " + host);
    std::erase_if(found,
                  [&](auto const& address) { return family && family_of(address) != *family; });
    if (found.empty())
        co_return make_error(boost::system::errc::no_such_device_or_address,
                             host + " has no address of that family");
    co_return found;
}

asio::awaitable<std::string> TopologyResolver::name(IpAddress address) {
    auto const known = names_.find(address);
    co_return known == names_.end() ? std::string() : known->second;
}

}  // namespace dtrace::demo
