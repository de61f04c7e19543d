#pragma once

#include "api/api.hpp"

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

/// Looks every few seconds which probes have gone or come back, and has `watch` keep it as events.
/// A probe is offline after `patience`. Until cancelled.
[[nodiscard]] boost::asio::awaitable<void> watch_probes(Api& api, CulpritWatch& watch,
                                                        Duration patience);

}  // namespace dtrace::master
