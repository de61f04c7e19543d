#pragma once

#include "outbox/outbox.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/core/time.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::probe {

/// Brings to the disk, every so often, what stays in the outbox longer than a moment: while the
/// master takes the traces, their files are gone again before this looks. Until cancelled.
[[nodiscard]] boost::asio::awaitable<void> sync_outbox(Outbox& outbox, async::WorkerPool& workers,
                                                       Duration every, Logger& log);

}  // namespace dtrace::probe
