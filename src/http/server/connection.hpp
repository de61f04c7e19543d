#pragma once

#include "server/server_context.hpp"
#include "timed_socket.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <memory>

namespace dtrace::http {

/// One accepted connection, request after request, until either side ends it. The peer has entered
/// `server.admission`; this leaves. `task` cancels the task that this is.
[[nodiscard]] boost::asio::awaitable<void> serve_connection(std::shared_ptr<ServerContext> server,
                                                            std::shared_ptr<TimedSocket> connection,
                                                            IpAddress peer,
                                                            boost::asio::cancellation_signal& task);

}  // namespace dtrace::http
