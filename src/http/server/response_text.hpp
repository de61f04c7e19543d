#pragma once

#include <dtrace/http/message.hpp>

#include <string>

namespace dtrace::http {

struct ResponseShape {
    bool keep_alive = true;
    bool http_1_0 = false;
    bool streamed = false;  ///< the body comes in chunks; for HTTP/1.0: until the connection ends
    bool secure = false;    ///< over TLS
};

/// Status line and header fields, blank line included. Adds what the server answers for (Date,
/// Server, Content-Length, Connection) and, unless the response has its own, what makes a browser
/// careful: no guessing of types, no frames, no scripts, nothing stored; over TLS: never without it
/// again. Leaves out fields that would break the message (line breaks in a
/// value, a name that is no token).
[[nodiscard]] std::string response_head(Response const& response, ResponseShape shape);

/// Statuses that never have a body (RFC 9110 § 6.4.1).
[[nodiscard]] bool has_body(unsigned status);

}  // namespace dtrace::http
