#pragma once

#include "api.hpp"

#include <dtrace/core/time.hpp>
#include <dtrace/http/router.hpp>

#include <vector>

namespace dtrace::master {

/// How long a slave waits for an answer that it will not like. It gives up after ten seconds.
struct SlaveDelays {
    Duration refusal = seconds(2);  ///< before 401
    Duration trouble = seconds(5);  ///< before 500: the first generation asks again at once
};

/// What unmodified slaves of dist-traceroute ask for, of both generations. Nothing else in the
/// master knows of them. `api` must outlive the handlers.
[[nodiscard]] std::vector<http::Route> dist_traceroute_routes(Api& api, SlaveDelays delays = {});

}  // namespace dtrace::master
