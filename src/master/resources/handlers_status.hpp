#pragma once

#include "api/api.hpp"

#include <dtrace/http/message.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

/// 503 with the reason while traces cannot be stored, or once damage was met.
[[nodiscard]] boost::asio::awaitable<http::Response> get_health(Api& api,
                                                                http::Request const& request);

[[nodiscard]] boost::asio::awaitable<http::Response> get_status(Api& api,
                                                                http::Request const& request);

}  // namespace dtrace::master
