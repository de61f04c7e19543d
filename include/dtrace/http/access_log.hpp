#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace dtrace::http {

/// One request as the access log tells it: no header but User-Agent, and no query, because both may
/// carry secrets. For what was not a request (malformed, refused unread) verb and path are "-".
struct AccessEntry {
    Timestamp time;  ///< when the answer was complete
    IpAddress peer;
    std::string verb = "-";
    std::string path = "-";          ///< decoded, where the request was one
    std::string_view route;          ///< the pattern that answered it; empty: none did
    unsigned status = 0;             ///< 0: the peer went away before an answer
    std::size_t request_bytes = 0;   ///< of the body as sent
    std::size_t response_bytes = 0;  ///< of the body
    microseconds took{};             ///< from the first byte of the request
    std::string user_agent;
};

using AccessLog = std::function<void(AccessEntry const&)>;

/// One line of key=value without newline; what came from outside is quoted, escaped, and no longer
/// than 512 bytes.
[[nodiscard]] std::string access_line(AccessEntry const& entry);

}  // namespace dtrace::http
