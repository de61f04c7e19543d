#pragma once

#include "api.hpp"

#include <dtrace/http/router.hpp>

#include <vector>

namespace dtrace::master {

/// The one table of what this master answers; docs/api.md has a section for each row. `api` must
/// outlive the handlers.
[[nodiscard]] std::vector<http::Route> routes(Api& api);

}  // namespace dtrace::master
