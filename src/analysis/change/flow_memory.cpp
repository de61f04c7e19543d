#include "change/flow_memory.hpp"

#include <algorithm>
#include <iterator>

namespace dtrace::analysis {

namespace {

constexpr std::size_t most_addresses = 32;

// Switches of a hop fade by a tenth each round: three within few rounds make it spread, and some
// twenty quiet rounds make it one place again.
constexpr double fading = 0.9;
constexpr double spread_above = 2.2;
constexpr double settled_below = 0.3;

bool meet(std::vector<IpAddress> const& a, std::vector<IpAddress> const& b) {
    return std::ranges::any_of(
        a, [&](auto const& each) { return std::ranges::binary_search(b, each); });
}

void merge(std::vector<IpAddress>& into, std::vector<IpAddress> const& from) {
    std::vector<IpAddress> all;
    std::ranges::set_union(into, from, std::back_inserter(all));
    if (all.size() <= most_addresses) into = std::move(all);
}

}  // namespace

bool FlowMemory::fits(Spot const& spot, PathPlace const& place) {
    return spot.spread || spot.addresses.empty() || place.addresses.empty() ||
           meet(spot.addresses, place.addresses);
}

bool FlowMemory::fits(std::vector<PathPlace> const& places) const {
    for (std::size_t i = 0; i < std::min(places.size(), spots_.size()); ++i)
        if (!fits(spots_[i], places[i])) return false;
    // Something behind where the target used to be, or routers behind the last known hop: a way
    // that was cut short before has only become visible.
    return true;
}

void FlowMemory::settle(std::vector<PathPlace> const& places) {
    ++rounds_;
    if (!fits(places)) {
        for (auto& spot : spots_)
            if (!spot.spread) spot.addresses.clear();
        auto const end = last_answered(places);
        if (end && spots_.size() > *end + 1) spots_.resize(*end + 1);
    }
    if (spots_.size() < places.size()) spots_.resize(places.size());
    for (std::size_t i = 0; i < places.size(); ++i)
        merge(spots_[i].addresses, places[i].addresses);
}

void FlowMemory::note_switches(std::vector<PathPlace> const& places) {
    for (std::size_t i = 0; i < std::min(places.size(), spots_.size()); ++i) {
        auto& spot = spots_[i];
        auto const& now = places[i].addresses;
        if (now.empty()) continue;
        bool const switched = !spot.last.empty() && !meet(spot.last, now);
        spot.switches = spot.switches * fading + (switched || now.size() > 1 ? 1 : 0);
        spot.last = now;
        if (spot.switches > spread_above) spot.spread = true;
        if (spot.spread && spot.switches < settled_below) {
            spot.spread = false;
            spot.addresses = now;
        }
        if (spot.spread) merge(spot.addresses, now);
    }
}

}  // namespace dtrace::analysis
