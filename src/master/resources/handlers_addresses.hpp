#pragma once

#include "api/route.hpp"

#include <vector>

namespace dtrace::master {

/// Rows of the route table: what is known of addresses.
[[nodiscard]] std::vector<ApiRoute> address_rows();

}  // namespace dtrace::master
