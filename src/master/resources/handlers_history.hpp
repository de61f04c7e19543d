#pragma once

#include "api/api.hpp"

#include <dtrace/http/message.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

/// What hours, or longer steps, of one probe and measurement came to; also of traces long gone.
[[nodiscard]] boost::asio::awaitable<http::Response> get_history(Api& api,
                                                                 http::Request const& request);

}  // namespace dtrace::master
