#include "once/once_runs.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dtrace::master {

OnceRuns::Room OnceRuns::make_room(AssignmentBoard const& board) const {
    if (runs_.size() < kept) return {};
    auto const done = std::ranges::find_if(
        runs_, [&](auto const& entry) { return !board.once_waiting_for(entry.first); });
    if (done == runs_.end()) return {.there = false, .forget = std::nullopt};
    return {.there = true, .forget = done->first};
}

void OnceRuns::put(OnceRun run) {
    auto const id = run.item.id;
    runs_.insert_or_assign(id, std::move(run));
}

void OnceRuns::forget(Uuid const& id) {
    runs_.erase(id);
}

OnceRun const* OnceRuns::find(Uuid const& id) const {
    auto const found = runs_.find(id);
    return found == runs_.end() ? nullptr : &found->second;
}

OnceStanding standing_of(OnceRun const& run, AssignmentBoard const& board) {
    OnceStanding standing;
    if (auto const* const waiting = board.once_waiting_for(run.item.id))
        standing.waiting = {waiting->begin(), waiting->end()};
    standing.progress = board.once_progress(run.item.id);
    return standing;
}

OnceView state_of(OnceRun const& run, OnceStanding standing, std::vector<Trace> traces) {
    auto const has_reported = [&](std::string const& probe) {
        return std::ranges::find(traces, probe, &Trace::probe) != traces.end();
    };
    OnceView view;
    view.deadline = run.item.deadline;
    view.asked = run.probes;
    view.waiting = std::move(standing.waiting);
    std::erase_if(view.waiting, has_reported);
    view.progress.changes = standing.progress.changes;
    for (auto const& trace : standing.progress.traces)
        if (!has_reported(trace->probe)) view.progress.traces.push_back(*trace);
    if (view.waiting.empty()) {
        std::ranges::remove_copy_if(run.probes, std::back_inserter(view.missing), has_reported);
        view.state = view.missing.empty() ? OnceState::complete : OnceState::incomplete;
    }
    view.traces = std::move(traces);
    return view;
}

}  // namespace dtrace::master
