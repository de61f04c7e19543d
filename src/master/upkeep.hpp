#pragma once

#include <dtrace/core/log.hpp>
#include <dtrace/store/open_store.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

/// Has the store do its upkeep, each minute until there is nothing to do, with pauses in which
/// reports go first. Until cancelled.
[[nodiscard]] boost::asio::awaitable<void> keep_up(store::Store& store, store::UpkeepRule rule,
                                                   Logger& log);

}  // namespace dtrace::master
