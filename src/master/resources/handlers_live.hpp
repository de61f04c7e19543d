#pragma once

#include "api/api.hpp"

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

/// Server-sent events, without end.
[[nodiscard]] boost::asio::awaitable<http::Response> get_live(Api& api,
                                                              http::Request const& request);

}  // namespace dtrace::master
