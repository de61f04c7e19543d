#pragma once

#include "server_context.hpp"
#include "timed_socket.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace dtrace::http {

/// Sends `head` and then a body without a known end, piece by piece, until there is no more, the
/// peer leaves or does not take it, or the server stops. The connection is worth nothing
/// afterwards. The bytes of the body that were sent.
[[nodiscard]] boost::asio::awaitable<std::size_t> send_stream(
    ServerContext& server, std::shared_ptr<TimedSocket> const& connection, std::string head,
    Response const& response, bool chunked);

}  // namespace dtrace::http
