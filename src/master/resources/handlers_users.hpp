#pragma once

#include "api/api.hpp"

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

// For administrators.

[[nodiscard]] boost::asio::awaitable<http::Response> get_users(Api& api,
                                                               http::Request const& request);

[[nodiscard]] boost::asio::awaitable<http::Response> post_user(Api& api,
                                                               http::Request const& request,
                                                               Caller caller);

[[nodiscard]] boost::asio::awaitable<http::Response> patch_user(Api& api,
                                                                http::Request const& request,
                                                                Caller caller);

[[nodiscard]] boost::asio::awaitable<http::Response> delete_user(Api& api,
                                                                 http::Request const& request,
                                                                 Caller caller);

[[nodiscard]] boost::asio::awaitable<http::Response> get_audit(Api& api,
                                                               http::Request const& request);

}  // namespace dtrace::master
