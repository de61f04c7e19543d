#pragma once

#include "api/api.hpp"

#include <dtrace/http/message.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

[[nodiscard]] boost::asio::awaitable<http::Response> get_events(Api& api,
                                                                http::Request const& request);
[[nodiscard]] boost::asio::awaitable<http::Response> get_event(Api& api,
                                                               http::Request const& request);

}  // namespace dtrace::master
