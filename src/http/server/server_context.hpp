#pragma once

#include "server/admission.hpp"
#include "server/body_budget.hpp"

#include <dtrace/async/task_group.hpp>
#include <dtrace/http/server.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace dtrace::http {

/// A quarter, so that one sender alone does not keep the others out; but always one body.
[[nodiscard]] inline std::size_t most_bodies_of_sender(ServerLimits const& limits) {
    return std::max(limits.max_bodies_bytes / 4, limits.max_body_bytes);
}

/// What all connections of a server share.
struct ServerContext {
    ServerContext(boost::asio::any_io_executor const& executor, ServerOptions given,
                  Router const& routes, Logger& logger, AccessLog sink)
        : options(std::move(given)),
          router(routes),
          log(logger),
          access_log(std::move(sink)),
          admission(options.limits.max_connections, options.limits.max_connections_per_source),
          bodies(options.limits.max_bodies_bytes, most_bodies_of_sender(options.limits)),
          connections(executor, logger) {}

    ServerOptions options;
    Router const& router;
    Logger& log;
    AccessLog access_log;
    ServerCounters counters;
    Admission admission;
    BodyBudget bodies;
    async::TaskGroup connections;
};

}  // namespace dtrace::http
