#pragma once

#include "api/route.hpp"

#include <vector>

namespace dtrace::master {

/// Rows of the route table: who is told of what happens.
[[nodiscard]] std::vector<ApiRoute> alert_rows();

}  // namespace dtrace::master
