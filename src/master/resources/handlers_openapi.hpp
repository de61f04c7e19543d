#pragma once

#include "api/api.hpp"

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

/// The API as OpenAPI 3.1 has it, made of the route table.
[[nodiscard]] boost::asio::awaitable<http::Response> get_openapi(Api& api,
                                                                 http::Request const& request);

}  // namespace dtrace::master
