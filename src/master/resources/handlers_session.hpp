#pragma once

#include "api/api.hpp"

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

[[nodiscard]] boost::asio::awaitable<http::Response> post_session(Api& api,
                                                                  http::Request const& request);

/// Who one is.
[[nodiscard]] boost::asio::awaitable<http::Response> get_session(Api& api,
                                                                 http::Request const& request,
                                                                 Caller caller);

[[nodiscard]] boost::asio::awaitable<http::Response> delete_session(Api& api,
                                                                    http::Request const& request,
                                                                    Caller caller);

/// One's own password; ends all other sessions.
[[nodiscard]] boost::asio::awaitable<http::Response> post_password(Api& api,
                                                                   http::Request const& request,
                                                                   Caller caller);

}  // namespace dtrace::master
