#include "once/once_runs.hpp"

#include <algorithm>
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

OnceView state_of(OnceRun const& run, AssignmentBoard const& board, std::vector<Trace> traces) {
    OnceView view;
    view.deadline = run.item.deadline;
    view.asked = run.probes;
    view.traces = std::move(traces);
    if (auto const* const waiting = board.once_waiting_for(run.item.id)) {
        view.waiting = {waiting->begin(), waiting->end()};
        auto progress = board.once_progress(run.item.id);
        view.partial = std::move(progress.traces);
        view.progress = progress.changes;
        return view;
    }
    for (auto const& probe : run.probes)
        if (std::ranges::find(view.traces, probe, &Trace::probe) == view.traces.end())
            view.missing.push_back(probe);
    view.state = view.missing.empty() ? OnceState::complete : OnceState::incomplete;
    return view;
}

}  // namespace dtrace::master
