#pragma once

#include "api/api.hpp"

#include <dtrace/http/message.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

/// The times of each round of one probe and measurement, hop by hop.
[[nodiscard]] boost::asio::awaitable<http::Response> get_rounds(Api& api,
                                                                http::Request const& request);

}  // namespace dtrace::master
