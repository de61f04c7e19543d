#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/model/measurement.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace dtrace::probe {

/// A round as it is seen from outside while it runs.
struct RoundView {
    /// What is known by now, made like the trace in the end. Empty: no packet leaves yet, or no
    /// more. None: the round is too large to be looked at.
    std::function<std::optional<Trace>()> so_far;
    bool is_over = false;
};

/// What to trace. `host` may still be a name; `source` absent: what the routing table says.
struct TraceRequest {
    std::string host;
    ProbingParameters parameters;
    std::optional<IpAddress> source;
    std::shared_ptr<RoundView> view = {};  ///< none: nobody looks
};

/// Runs one round. Any number may be under way at a time.
class RoundRunner {
  public:
    virtual ~RoundRunner() = default;

    /// Never fails: a round that could not be run is a trace with stop_reason error, a cancelled
    /// one has stop_reason cancelled and what was measured so far. Filled in: id, target, source,
    /// method, times, packets, paths. Left empty for the caller: probe, measurement and the
    /// answers' names.
    virtual boost::asio::awaitable<Trace> trace(TraceRequest request) = 0;
};

}  // namespace dtrace::probe
