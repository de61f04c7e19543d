#pragma once

#include "accounts/accounts.hpp"
#include "catalog/definitions.hpp"
#include "catalog/read_entries.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/core/error.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/store/open_store.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

/// Reads users, tokens and sessions. The error names what cannot be read.
[[nodiscard]] boost::asio::awaitable<Result<void>> load_accounts(store::Registry& registry,
                                                                 Accounts& accounts);

/// Reads the probes and measurements that the API has defined, and those it has removed. Those that
/// are left out, as they are damaged; the store is told of it.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<DamagedEntry>>> load_definitions(
    store::Store& store, Definitions& definitions, AssignmentBoard& board);

/// Says which entries are left out, and remembers them, so that they can be removed.
void note_damaged(std::vector<DamagedEntry> const& entries, Definitions& definitions, Logger& log);

/// Where there is no user at all: makes the user `admin`. Their password, which nothing else ever
/// tells again.
[[nodiscard]] boost::asio::awaitable<Result<std::optional<std::string>>> make_first_admin(
    store::Registry& registry, Accounts& accounts, async::WorkerPool& password_pool);

}  // namespace dtrace::master
