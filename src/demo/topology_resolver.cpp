#include <dtrace/demo/topology_resolver.hpp>

namespace dtrace::demo {

namespace asio = boost::asio;

TopologyResolver::TopologyResolver(sim::Topology const& topology) {
    for (auto const& [name, node] : topology.nodes) {
        hosts_.emplace(name, node.addresses);
        for (auto const& address : node.addresses)
            names_.emplace(address, name);
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
