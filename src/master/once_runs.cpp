#include "once_runs.hpp"

#include <algorithm>
#include <utility>

namespace dtrace::master {

void OnceRuns::add(OnceRun run) {
    auto const id = run.item.id;
    runs_.insert_or_assign(id, std::move(run));
    while (runs_.size() > kept)
        runs_.erase(runs_.begin());
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
        return view;
    }
    for (auto const& probe : run.probes)
        if (std::ranges::find(view.traces, probe, &Trace::probe) == view.traces.end())
            view.missing.push_back(probe);
    view.state = view.missing.empty() ? OnceState::complete : OnceState::incomplete;
    return view;
}

}  // namespace dtrace::master
