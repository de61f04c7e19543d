#include "once/load_once.hpp"

#include "once/once_traces.hpp"

#include <utility>

namespace dtrace::master {

namespace {

/// Those of whom a trace is there that cannot be read: it would not be stored again.
boost::asio::awaitable<void> leave_out_damaged(store::TraceStore& traces, Uuid run,
                                               OnceOrders::Names& waiting) {
    auto const asked = waiting;
    for (auto const& probe : asked) {
        auto const found = co_await traces.get(once_trace_id(run, probe));
        if (!found && found.error().code == boost::system::errc::bad_message) waiting.erase(probe);
    }
}

boost::asio::awaitable<Result<void>> resume(store::Store& store, AssignmentBoard& board,
                                            OnceRun run) {
    auto const traces = co_await once_traces(store.traces(), run.item.id, run.probes);
    if (!traces) co_return traces.error();
    OnceOrders::Names waiting(run.probes.begin(), run.probes.end());
    for (auto const& trace : traces->entries)
        waiting.erase(trace.probe);
    if (traces->unreadable.count > 0)
        co_await leave_out_damaged(store.traces(), run.item.id, waiting);
    if (waiting.empty()) co_return Result<void>();
    co_return board.resume_once(std::move(run.item), std::move(waiting));
}

}  // namespace

boost::asio::awaitable<Result<std::vector<DamagedEntry>>> load_once(store::Store& store,
                                                                    AssignmentBoard& board,
                                                                    OnceRuns& runs, Timestamp now) {
    auto found = co_await read_what_can_be<OnceRun>(store, store::EntryKind::once_run);
    if (!found) co_return found.error();
    for (auto const& run : found->readable) {
        runs.put(run);
        if (run.taken_back || run.item.deadline <= now) continue;
        auto const resumed = co_await resume(store, board, run);
        if (!resumed) co_return resumed.error();
    }
    co_return damaged_of(store::EntryKind::once_run, found->damaged);
}

}  // namespace dtrace::master
