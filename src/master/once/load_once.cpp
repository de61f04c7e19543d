#include "once/load_once.hpp"

#include "catalog/read_entries.hpp"
#include "once/once_traces.hpp"

#include <utility>

namespace dtrace::master {

namespace {

boost::asio::awaitable<Result<void>> resume(store::Store& store, AssignmentBoard& board,
                                            OnceRun run) {
    auto const traces = co_await once_traces(store.traces(), run.item.id, run.probes);
    if (!traces) co_return traces.error();
    OnceOrders::Names waiting(run.probes.begin(), run.probes.end());
    for (auto const& trace : traces->entries)
        waiting.erase(trace.probe);
    if (waiting.empty()) co_return Result<void>();
    co_return board.resume_once(std::move(run.item), std::move(waiting));
}

}  // namespace

boost::asio::awaitable<Result<std::size_t>> load_once(store::Store& store, AssignmentBoard& board,
                                                      OnceRuns& runs, Timestamp now) {
    auto found = co_await read_what_can_be<OnceRun>(store, store::EntryKind::once_run);
    if (!found) co_return found.error();
    for (auto const& run : found->readable) {
        runs.put(run);
        if (run.taken_back || run.item.deadline <= now) continue;
        auto const resumed = co_await resume(store, board, run);
        if (!resumed) co_return resumed.error();
    }
    co_return found->damaged.size();
}

}  // namespace dtrace::master
