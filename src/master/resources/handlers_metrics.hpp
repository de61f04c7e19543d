#pragma once

#include "api/route.hpp"

#include <vector>

namespace dtrace::master {

/// Rows of the route table: what monitoring asks for.
[[nodiscard]] std::vector<ApiRoute> metrics_rows();

}  // namespace dtrace::master
