#include "ingest/probe_activity.hpp"

#include <algorithm>

namespace dtrace::master {

namespace {

/// "dtrace-node/1.2.3 …" → "1.2.3"; "dist-traceroute/2019-08" stays.
std::string version_of(std::string_view user_agent) {
    constexpr std::string_view ours = "dtrace-node/";
    constexpr std::size_t longest = 40;
    constexpr std::string_view slaves = "dist-traceroute/";
    std::string version;
    if (user_agent.starts_with(slaves))
        version = slaves;
    else if (!user_agent.starts_with(ours))
        return {};
    user_agent.remove_prefix(version.empty() ? ours.size() : slaves.size());
    auto const is_part = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '-' || c == '+';
    };
    auto const end = std::ranges::find_if_not(user_agent, is_part);
    return version.append(user_agent.begin(), end).substr(0, longest);
}

}  // namespace

ProbeActivity::Seen ProbeActivity::saw(std::string const& probe, Sighting const& sighting) {
    auto& activity = probes_[probe];
    if (!activity) activity = std::make_shared<Activity>();
    activity->last_seen = sighting.wall_clock;
    activity->seen = sighting.now;
    activity->address = sighting.address;
    activity->version = version_of(sighting.user_agent);
    return activity;
}

void ProbeActivity::keep(std::function<bool(std::string const&)> const& exists) {
    std::erase_if(probes_, [&](auto const& entry) { return !exists(entry.first); });
}

ProbeActivity::Activity const* ProbeActivity::find(std::string_view probe) const {
    auto const found = probes_.find(probe);
    return found == probes_.end() ? nullptr : found->second.get();
}

std::size_t ProbeActivity::polls() const {
    std::size_t polls = 0;
    for (auto const& [name, activity] : probes_)
        polls += activity->polls;
    return polls;
}

bool ProbeActivity::is_online(std::string_view probe, TimePoint now) const {
    auto const* const activity = find(probe);
    return activity && (activity->polls > 0 || now - activity->seen <= 2 * activity->wait);
}

bool ProbeActivity::is_there(std::string_view probe, TimePoint now) const {
    auto const* const activity = find(probe);
    if (!activity) return false;
    return activity->has_polled ? activity->polls > 0 : is_online(probe, now);
}

}  // namespace dtrace::master
