#pragma once

#include "api/route.hpp"

#include <string>
#include <vector>

namespace dtrace::master {

/// The JSON text of an OpenAPI 3.1 document: every route with its parameters, bodies and the role
/// that it needs, every struct with its members.
[[nodiscard]] std::string openapi_document(std::vector<ApiRoute> const& routes);

}  // namespace dtrace::master
