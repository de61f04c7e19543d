#pragma once

#include "catalog/read_entries.hpp"
#include "once/once_runs.hpp"

#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/store/open_store.hpp>

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace dtrace::master {

/// Takes up the measurements on demand of before a restart: what is not done, not taken back and
/// not overdue is ordered again of the probes that have not reported. Those that are left
/// out, as they are damaged; the store is told of it.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<DamagedEntry>>> load_once(
    store::Store& store, AssignmentBoard& board, OnceRuns& runs, Timestamp now);

}  // namespace dtrace::master
