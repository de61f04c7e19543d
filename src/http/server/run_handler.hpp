#pragma once

#include "server/server_context.hpp"
#include "timed_socket.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <memory>

namespace dtrace::http {

/// Calls the router and turns everything that can happen into a response; none when the peer left
/// and the handler gave up. `task` cancels the calling task. What is given must outlive the call.
///
/// On the heap, as the request: frames of coroutines that wait for a handler are to be small.
[[nodiscard]] boost::asio::awaitable<std::unique_ptr<Response>> run_handler(
    ServerContext& server, boost::asio::cancellation_signal& task,
    std::shared_ptr<TimedSocket> const& connection, Request& request);

}  // namespace dtrace::http
