#include "commands/trace_networks.hpp"

#include <set>
#include <utility>

namespace dtrace::app {

namespace {

std::set<IpAddress> addresses_of(Trace const& trace) {
    std::set<IpAddress> all;
    if (trace.target.address) all.insert(*trace.target.address);
    for (auto const& path : trace.paths)
        for (auto const& hop : path.hops)
            for (auto const& answer : hop.answers)
                all.insert(answer.from);
    return all;
}

}  // namespace

std::vector<DescribedAddress> describe_addresses(Trace const& trace,
                                                 address_info::AddressBook const& addresses) {
    std::vector<DescribedAddress> known;
    if (addresses.empty()) return known;
    for (auto const& address : addresses_of(trace))
        if (auto info = addresses.find(address))
            known.push_back({.address = address, .info = std::move(info)});
    return known;
}

std::map<IpAddress, std::uint32_t> network_numbers(std::vector<DescribedAddress> const& addresses) {
    std::map<IpAddress, std::uint32_t> numbers;
    for (auto const& [address, info] : addresses)
        if (info && info->asn) numbers.emplace(address, *info->asn);
    return numbers;
}

}  // namespace dtrace::app
