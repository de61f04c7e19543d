#pragma once

#include "api/api.hpp"

#include <dtrace/http/message.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

[[nodiscard]] boost::asio::awaitable<http::Response> get_graph(Api& api,
                                                               http::Request const& request);

}  // namespace dtrace::master
