#pragma once

#include "server_context.hpp"
#include "timed_socket.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace dtrace::http {

/// Calls the router and turns everything that can happen into a response; none when the peer left
/// and the handler gave up. What is given must outlive the call.
[[nodiscard]] boost::asio::awaitable<std::optional<Response>> run_handler(
    ServerContext& server, std::shared_ptr<TimedSocket> const& connection, Request& request,
    std::string_view path);

}  // namespace dtrace::http
