#include "alerts/alert_filter.hpp"

#include <algorithm>

namespace dtrace::master {

namespace {

using Words = std::vector<std::string>;

bool is_in(Words const& list, std::string const& word) {
    return std::ranges::find(list, word) != list.end();
}

double estimate(std::optional<EventState> const& state,
                std::optional<EstimateRange> EventState::*part) {
    return state && (*state).*part ? ((*state).*part)->estimate : 0;
}

bool is_lossy_enough(double least, Event const& event) {
    switch (event.kind) {
        case EventKind::culprit_opened:
            return estimate(event.after, &EventState::loss) >= least;
        case EventKind::culprit_grew:
            return estimate(event.before, &EventState::loss) < least &&
                   estimate(event.after, &EventState::loss) >= least;
        case EventKind::culprit_closed:
            return estimate(event.before, event.before && event.before->worst_loss
                                              ? &EventState::worst_loss
                                              : &EventState::loss) >= least;
        default:
            return true;
    }
}

}  // namespace

bool wants(AlertFilter const& filter, Event const& event, std::set<std::string> const& tags) {
    if (!filter.kinds.empty() && std::ranges::find(filter.kinds, event.kind) == filter.kinds.end())
        return false;
    if (!is_lossy_enough(filter.min_loss, event)) return false;
    if (event.measurement && !filter.measurements.empty() &&
        !is_in(filter.measurements, event.measurement->name) &&
        !is_in(filter.measurements, to_text(event.measurement->id)))
        return false;
    if (!filter.probes.empty() &&
        std::ranges::none_of(event.probes, [&](auto const& p) { return is_in(filter.probes, p); }))
        return false;
    return filter.tags.empty() ||
           std::ranges::any_of(filter.tags, [&](auto const& tag) { return tags.contains(tag); });
}

}  // namespace dtrace::master
