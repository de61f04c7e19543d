#include <dtrace/analysis/way_back.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace dtrace::analysis {

namespace {

bool contains(std::vector<IpAddress> const& addresses, IpAddress const& address) {
    return std::ranges::find(addresses, address) != addresses.end();
}

std::optional<std::string> probe_at(IpAddress const& address, ProbeAddresses const& probes) {
    for (auto const& [name, addresses] : probes)
        if (addresses.contains(address)) return name;
    return std::nullopt;
}

bool overlap(Interval const& one, Interval const& other) {
    return one.low <= other.high && other.low <= one.high;
}

/// Whether `cause` is on the way from `target`, which is a probe, to `probe`, and not at its end.
bool is_on_the_way_back(Culprit const& cause, std::string const& probe, IpAddress const& target,
                        ProbeAddresses const& probes) {
    auto const other = probe_at(target, probes);
    auto const own = probes.find(probe);
    if (!other || own == probes.end() || *other == probe) return false;
    auto const ends_there = [&](IpAddress const& address) {
        return contains(cause.segment.to.addresses, address);
    };
    // Whatever a probe sends crosses its access: not only what the named witnesses saw.
    if (cause.access == *other) return std::ranges::none_of(own->second, ends_there);
    return std::ranges::any_of(cause.witnesses, [&](Witness const& back) {
        return back.probe == *other && own->second.contains(back.target) &&
               !ends_there(back.target);
    });
}

/// Whether all that comes back to `probe` crosses `cause`.
bool ends_at(Culprit const& cause, std::string const& probe, ProbeAddresses const& probes) {
    auto const own = probes.find(probe);
    return cause.counted && !cause.access && own != probes.end() &&
           std::ranges::any_of(own->second, [&](IpAddress const& address) {
               return contains(cause.segment.to.addresses, address);
           });
}

bool explains(Culprit const& cause, Culprit const& seen, ProbeAddresses const& probes) {
    if (seen.counted) return false;
    if (!overlap(cause.loss, seen.loss)) return false;
    return std::ranges::all_of(seen.witnesses, [&](Witness const& witness) {
        return contains(seen.segment.to.addresses, witness.target) &&
               is_on_the_way_back(cause, witness.probe, witness.target, probes);
    });
}

bool explains(Culprit const& cause, Ambiguity const& seen, ProbeAddresses const& probes) {
    // What a router answers in full did not cross the cause.
    if (!seen.full_before && overlap(cause.loss, seen.loss) && ends_at(cause, seen.probe, probes))
        return true;
    // Routers before the target that are heard as badly: the way may be the same, both ways.
    return seen.links == 1 && overlap(cause.loss, seen.loss) &&
           std::ranges::any_of(seen.segment.to.addresses, [&](IpAddress const& target) {
               return is_on_the_way_back(cause, seen.probe, target, probes);
           });
}

void confirm(Culprit& cause, std::string const& probe, Link const& seen) {
    // Who sends to a probe crosses its access there and back again.
    if (!cause.access) cause.direction = Direction::forward;
    bool const either_way = cause.access && !cause.counted;
    auto const told =
        fmt::format("; probe {} sees the same loss {}, as {}", probe,
                    either_way ? "when it measures this one" : "on its way back", describe(seen));
    cause.seen_back += told;
    cause.reason += told;
}

}  // namespace

std::vector<Culprit> tell_ways_apart(std::vector<Culprit> culprits,
                                     std::vector<Ambiguity>& ambiguities,
                                     ProbeAddresses const& probes) {
    std::vector<bool> explained(culprits.size(), false);
    for (std::size_t i = 0; i < culprits.size(); ++i)
        for (std::size_t j = 0; j < culprits.size() && !explained[i]; ++j) {
            auto& cause = culprits[j];
            auto const& seen = culprits[i];
            if (i == j || seen.witnesses.empty() || !explains(cause, seen, probes)) continue;
            explained[i] = true;
            confirm(cause, seen.witnesses.front().probe, seen.segment);
        }
    std::erase_if(ambiguities, [&](Ambiguity const& seen) {
        auto const cause = std::ranges::find_if(
            culprits, [&](Culprit const& each) { return explains(each, seen, probes); });
        if (cause == culprits.end()) return false;
        confirm(*cause, seen.probe, seen.segment);
        return true;
    });
    std::vector<Culprit> left;
    for (std::size_t i = 0; i < culprits.size(); ++i)
        if (!explained[i]) left.push_back(std::move(culprits[i]));
    return left;
}

}  // namespace dtrace::analysis
