#include <dtrace/analysis/change_watch.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace dtrace::analysis {

/// A tenth of them, those that were not measured for longest.
void ChangeWatch::forget_some() {
    std::vector<Timestamp> used;
    for (auto const& [key, series] : series_)
        used.push_back(series.used);
    auto const tenth = used.begin() + static_cast<std::ptrdiff_t>(used.size() / 10);
    std::ranges::nth_element(used, tenth);
    auto const limit = *tenth;
    std::erase_if(series_, [&](auto const& each) {
        if (each.second.used > limit) return false;
        flows_ -= each.second.path.flows();
        return true;
    });
}

std::vector<Event> ChangeWatch::feed(Trace const& trace) {
    if (!trace.measurement || !trace.target.address) return {};
    Key key{trace.probe, trace.measurement->id, trace.target.address, trace.method};
    auto known = series_.find(key);
    if (known == series_.end()) {
        if (series_.size() >= limits_.series || flows_ >= limits_.flows) forget_some();
        known = series_.try_emplace(std::move(key)).first;
    }
    auto& series = known->second;
    series.used = std::max(series.used, trace.started_at);
    auto events = series.reach.feed(trace);
    flows_ -= series.path.flows();
    auto changed = series.path.feed(trace);
    flows_ += series.path.flows();
    if (changed) events.push_back(std::move(*changed));
    std::ranges::move(rtt_.feed(trace), std::back_inserter(events));
    return events;
}

}  // namespace dtrace::analysis
