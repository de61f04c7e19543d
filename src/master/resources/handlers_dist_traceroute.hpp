#pragma once

#include "api/route.hpp"

#include <dtrace/core/time.hpp>

#include <vector>

namespace dtrace::master {

/// How long a slave waits for an answer that it will not like. It gives up after ten seconds.
struct SlaveDelays {
    Duration refusal = seconds(2);  ///< before 401
    Duration trouble = seconds(5);  ///< before 500: the first generation asks again at once
};

/// Rows of the route table: what unmodified slaves of dist-traceroute ask for, of both generations.
/// Nothing else in the master knows of them.
[[nodiscard]] std::vector<ApiRoute> dist_traceroute_rows(SlaveDelays delays = {});

}  // namespace dtrace::master
