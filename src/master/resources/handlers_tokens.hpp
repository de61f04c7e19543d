#pragma once

#include "api/api.hpp"

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

/// One's own; those of everybody for an administrator.
[[nodiscard]] boost::asio::awaitable<http::Response> get_tokens(Api& api,
                                                                http::Request const& request,
                                                                Caller caller);

[[nodiscard]] boost::asio::awaitable<http::Response> post_token(Api& api,
                                                                http::Request const& request,
                                                                Caller caller);

[[nodiscard]] boost::asio::awaitable<http::Response> delete_token(Api& api,
                                                                  http::Request const& request,
                                                                  Caller caller);

}  // namespace dtrace::master
