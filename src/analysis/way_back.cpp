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

/// Whether `cause` is on the way of the probe that `seen` stands before, back to the witness.
bool explains(Culprit const& cause, Culprit const& seen, ProbeAddresses const& probes) {
    if (!overlap(cause.loss, seen.loss)) return false;
    return std::ranges::all_of(seen.witnesses, [&](Witness const& witness) {
        if (!contains(seen.segment.to.addresses, witness.target)) return false;
        auto const other = probe_at(witness.target, probes);
        auto const own = probes.find(witness.probe);
        if (!other || own == probes.end() || *other == witness.probe) return false;
        return std::ranges::any_of(cause.witnesses, [&](Witness const& back) {
            return back.probe == *other && own->second.contains(back.target) &&
                   !contains(cause.segment.to.addresses, back.target);
        });
    });
}

}  // namespace

std::vector<Culprit> tell_ways_apart(std::vector<Culprit> culprits, ProbeAddresses const& probes) {
    std::vector<bool> explained(culprits.size(), false);
    for (std::size_t i = 0; i < culprits.size(); ++i)
        for (std::size_t j = 0; j < culprits.size() && !explained[i]; ++j) {
            auto& cause = culprits[j];
            auto const& seen = culprits[i];
            if (i == j || seen.witnesses.empty() || !explains(cause, seen, probes)) continue;
            explained[i] = true;
            cause.direction = Direction::forward;
            cause.reason += fmt::format("; probe {} sees the same loss on its way back, as {}",
                                        seen.witnesses.front().probe, describe(seen.segment));
        }
    std::vector<Culprit> left;
    for (std::size_t i = 0; i < culprits.size(); ++i)
        if (!explained[i]) left.push_back(std::move(culprits[i]));
    return left;
}

}  // namespace dtrace::analysis
