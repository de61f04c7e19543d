#include "once/load_once.hpp"

#include "once/once_traces.hpp"

#include <dtrace/json/read.hpp>

#include <utility>

namespace dtrace::master {

namespace {

boost::asio::awaitable<Result<void>> resume(store::Store& store, AssignmentBoard& board,
                                            OnceRun run) {
    auto const traces = co_await once_traces(store.traces(), run.item.id, run.probes);
    if (!traces) co_return traces.error();
    OnceOrders::Names waiting(run.probes.begin(), run.probes.end());
    for (auto const& trace : *traces)
        waiting.erase(trace.probe);
    if (waiting.empty()) co_return Result<void>();
    co_return board.resume_once(std::move(run.item), std::move(waiting));
}

}  // namespace

boost::asio::awaitable<Result<void>> load_once(store::Store& store, AssignmentBoard& board,
                                               OnceRuns& runs, Timestamp now) {
    auto const entries = co_await store.registry().entries(store::EntryKind::once_run);
    if (!entries) co_return entries.error();
    for (auto const& [key, content] : *entries) {
        auto const run = json::read<OnceRun>(content, json::UnknownKeys::ignore);
        if (!run)
            co_return make_error(
                boost::system::errc::bad_message,
                "the database is damaged: once_run " + key + ": " + run.error().text());
        runs.put(*run);
        if (run->taken_back || run->item.deadline <= now) continue;
        auto const resumed = co_await resume(store, board, *run);
        if (!resumed) co_return resumed.error();
    }
    co_return Result<void>();
}

}  // namespace dtrace::master
