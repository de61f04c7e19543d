#include "path_groups.hpp"

#include <algorithm>
#include <set>

namespace dtrace::formats {

namespace {

std::set<IpAddress> routers(Hop const& hop) {
    std::set<IpAddress> addresses;
    for (auto const& answer : hop.answers)
        addresses.insert(answer.from);
    return addresses;
}

bool contradict(Hop const& a, Hop const& b) {
    return !a.answers.empty() && !b.answers.empty() && routers(a) != routers(b);
}

bool answers_after(Path const& path, Ttl ttl) {
    return std::ranges::any_of(
        path.hops, [&](Hop const& hop) { return hop.ttl > ttl && !hop.answers.empty(); });
}

/// A path that reached the target has no hop behind its last; one that did not says nothing there.
bool ends_before_it(Path const& ended, Path const& other) {
    return ended.reached && !ended.hops.empty() && answers_after(other, ended.hops.back().ttl);
}

bool same_way(Path const& a, Path const& b) {
    for (auto const& hop : a.hops)
        for (auto const& twin : b.hops)
            if (hop.ttl == twin.ttl && contradict(hop, twin)) return false;
    return !ends_before_it(a, b) && !ends_before_it(b, a);
}

bool fits(PathGroup const& group, Path const& path) {
    return std::ranges::all_of(group.members,
                               [&](Path const* member) { return same_way(*member, path); });
}

void add(PathGroup& group, Path const& path) {
    group.members.push_back(&path);
    for (auto const& hop : path.hops) {
        auto const place = std::ranges::lower_bound(group.hops, hop.ttl, {}, &Hop::ttl);
        if (place == group.hops.end() || (*place)->ttl != hop.ttl)
            group.hops.insert(place, &hop);
        else if ((*place)->answers.size() < hop.answers.size())
            *place = &hop;
    }
}

/// Behind the target there is nothing: silent hops of members that were not heard there go.
void end_at_target(PathGroup& group) {
    for (Path const* member : group.members)
        if (member->reached && !member->hops.empty())
            std::erase_if(group.hops,
                          [&](Hop const* hop) { return hop->ttl > member->hops.back().ttl; });
}

}  // namespace

std::vector<PathGroup> group_paths(std::vector<Path> const& paths) {
    std::vector<PathGroup> groups;
    for (auto const& path : paths) {
        auto group =
            std::ranges::find_if(groups, [&](PathGroup const& g) { return fits(g, path); });
        if (group == groups.end()) group = groups.insert(group, PathGroup{});
        add(*group, path);
    }
    std::ranges::for_each(groups, end_at_target);
    return groups;
}

}  // namespace dtrace::formats
