#pragma once

#include "api/api.hpp"

#include <dtrace/http/message.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

/// The dashboard for a browser; for anything else, as text, where to find what.
[[nodiscard]] boost::asio::awaitable<http::Response> get_root(Api& api,
                                                              http::Request const& request);

/// What the dashboard consists of.
[[nodiscard]] boost::asio::awaitable<http::Response> get_asset(Api& api,
                                                               http::Request const& request);

}  // namespace dtrace::master
