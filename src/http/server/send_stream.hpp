#pragma once

#include "server/server_context.hpp"
#include "timed_socket.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace dtrace::http {

/// Sends `head` and then a body without a known end, piece by piece, until there is no more, the
/// peer leaves or does not take it, or the server stops. The connection is worth nothing
/// afterwards. The bytes of the body that were sent. `task` cancels the calling task.
[[nodiscard]] boost::asio::awaitable<std::size_t> send_stream(
    ServerContext& server, boost::asio::cancellation_signal& task,
    std::shared_ptr<TimedSocket> const& connection, std::string head, Response const& response,
    bool chunked);

}  // namespace dtrace::http
