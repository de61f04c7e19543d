#pragma once

#include "accounts/accounts.hpp"
#include "catalog/changes.hpp"

#include <dtrace/async/wakeup.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/store/registry.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

/// Reads users, tokens and sessions again each time that `asked` is notified: another process has
/// changed them (`dtrace-node user`). Until cancelled.
[[nodiscard]] boost::asio::awaitable<void> reload_accounts(async::Wakeup& asked, Changes& changes,
                                                           store::Registry& registry,
                                                           Accounts& accounts, Logger& log);

}  // namespace dtrace::master
