#include <dtrace/core/peer_address.hpp>
#include <dtrace/probe/target_policy.hpp>

#include <algorithm>

namespace dtrace::probe {

std::optional<std::string> find_refusal(TargetPolicy const& policy, IpAddress const& target) {
    IpAddress const address = without_mapping(target);
    if (auto const fault = find_no_host(address)) return to_text(target) + " " + *fault;
    auto const holds = [&](Prefix const& prefix) { return contains(prefix, address); };
    if (auto const denied = std::ranges::find_if(policy.deny, holds); denied != policy.deny.end())
        return to_text(target) + " is in " + to_text(*denied) + ", which --deny names";
    if (!policy.allow.empty() && std::ranges::none_of(policy.allow, holds))
        return to_text(target) + " is in nothing that --allow names";
    return std::nullopt;
}

}  // namespace dtrace::probe
