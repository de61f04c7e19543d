#pragma once

#include "api/route.hpp"

#include <vector>

namespace dtrace::master {

/// The one table of what this master answers; docs/api.md has a section for each row.
[[nodiscard]] std::vector<ApiRoute> const& api_routes();

/// Those of them that probes use.
[[nodiscard]] std::vector<ApiRoute> probe_routes();

/// Rows for the router: each behind the gate. `api` must outlive the handlers.
[[nodiscard]] std::vector<http::Route> routes(Api& api,
                                              std::vector<ApiRoute> const& rows = api_routes());

}  // namespace dtrace::master
