#pragma once

#include "server/server_context.hpp"
#include "timed_socket.hpp"

#include <dtrace/http/access_log.hpp>
#include <dtrace/http/message.hpp>
#include <dtrace/http/server.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>
#include <variant>

namespace dtrace::http {

/// A whole request; its body is still as it was sent.
struct Incoming {
    Request request;
    bool keep_alive = false;
    bool http_1_0 = false;
    bool gzip = false;
    std::size_t body_bytes = 0;  ///< as sent
    BodyBudget::Share held;      ///< what the body takes
};

/// What is wrong with a request; the connection ends after this answer.
struct Refusal {
    unsigned status = 400;
    std::string title;
    std::string detail;
};

/// The peer left, or fell silent before the first byte.
struct PeerLeft {};

using ReadOutcome = std::variant<Incoming, Refusal, PeerLeft>;

/// Reads one request. `ahead` gives the bytes that came before and takes those that belong to the
/// next request. A body that is too large for its route, or that there is no room for, is refused
/// before it is read, or as soon as it shows. `entry` has the peer and gets verb, path and user
/// agent as soon as they are known. The parser and its buffer are gone when this returns: a waiting
/// handler costs no memory for them.
[[nodiscard]] boost::asio::awaitable<ReadOutcome> read_request(TimedSocket& connection,
                                                               ServerContext& server,
                                                               AccessEntry& entry,
                                                               std::string& ahead);

/// There is no room for another body; counted.
[[nodiscard]] Refusal no_room(ServerContext& server);

/// Pure: until when the next byte of a body must be there, `received` bytes after `start`.
[[nodiscard]] TimePoint body_deadline(TimePoint start, std::size_t received,
                                      ServerLimits const& limits);

}  // namespace dtrace::http
