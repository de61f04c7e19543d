#include <dtrace/core/peer_address.hpp>
#include <dtrace/probe/target_policy.hpp>

#include <algorithm>

namespace dtrace::probe {

namespace {

/// Why it is no single host, if it is none.
std::optional<std::string> find_fault(IpAddress const& address) {
    if (address.is_unspecified()) return "is no host's address";
    if (address.is_multicast()) return "is a multicast address";
    if (address.is_v4() && address.to_v4() == IpV4::broadcast()) return "is a broadcast address";
    return std::nullopt;
}

}  // namespace

std::optional<std::string> find_refusal(TargetPolicy const& policy, IpAddress const& target) {
    IpAddress const address = without_mapping(target);
    if (auto const fault = find_fault(address)) return to_text(target) + " " + *fault;
    auto const holds = [&](Prefix const& prefix) { return contains(prefix, address); };
    if (auto const denied = std::ranges::find_if(policy.deny, holds); denied != policy.deny.end())
        return to_text(target) + " is in " + to_text(*denied) + ", which --deny names";
    if (!policy.allow.empty() && std::ranges::none_of(policy.allow, holds))
        return to_text(target) + " is in nothing that --allow names";
    return std::nullopt;
}

}  // namespace dtrace::probe
