#pragma once

#include "api/api.hpp"

#include <dtrace/http/message.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

[[nodiscard]] boost::asio::awaitable<http::Response> get_matrix(Api& api,
                                                                http::Request const& request);

/// In columns.
[[nodiscard]] boost::asio::awaitable<http::Response> get_matrix_columns(
    Api& api, http::Request const& request);

}  // namespace dtrace::master
