#pragma once

#include <dtrace/app/options.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/probe/round_runner.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::wire {
class Resolver;
}

namespace dtrace::app {

/// The exit status of `trace --find-loss` that could not do its work: it says nothing of the
/// network.
inline constexpr int could_not_measure = 4;

/// What `trace --find-loss` does once sockets are open: rounds to `request` until the verdict is
/// certain, the time is over, or it is told to stop; then the verdict and the evidence on standard
/// output. Meanwhile a line of progress on standard error. The exit status: 0 clean, 1 a culprit,
/// 3 undecided, 4 when nothing could be measured or the verdict not be printed.
[[nodiscard]] boost::asio::awaitable<int> find_loss(probe::TraceRequest request,
                                                    TraceOptions const& options,
                                                    probe::RoundRunner& rounds,
                                                    wire::Resolver& resolver, Logger& log);

}  // namespace dtrace::app
