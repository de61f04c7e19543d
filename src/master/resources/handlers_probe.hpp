#pragma once

#include "api/api.hpp"

#include <dtrace/http/message.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

// For probes, with HTTP Basic.

/// `after` and `wait`: the assignment as soon as its revision is not `after`, or 204 when the wait
/// is over.
[[nodiscard]] boost::asio::awaitable<http::Response> get_assignment(Api& api,
                                                                    http::Request const& request);

[[nodiscard]] boost::asio::awaitable<http::Response> post_report(Api& api,
                                                                 http::Request const& request);

/// A trace on demand as far as it is; kept in memory until the trace itself comes.
[[nodiscard]] boost::asio::awaitable<http::Response> post_progress(Api& api,
                                                                   http::Request const& request);

}  // namespace dtrace::master
