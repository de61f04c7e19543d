#pragma once

#include "api/route.hpp"

#include <vector>

namespace dtrace::master {

/// Rows of the route table: what the master makes of the traces.
[[nodiscard]] std::vector<ApiRoute> conclusion_rows();

}  // namespace dtrace::master
