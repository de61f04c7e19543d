#pragma once

#include <dtrace/core/error.hpp>

#include <map>
#include <string>
#include <string_view>

namespace dtrace::http {

/// A request target, taken apart and percent-decoded. A "+" in the query is a space.
struct Target {
    std::string path;  ///< but for "%2F" and "%25": an encoded slash divides no segments
    std::map<std::string, std::string> query;  ///< each name once
};

/// Origin form ("/path?query") or absolute form ("http://host/path?query"). Refuses broken escapes
/// and control characters.
[[nodiscard]] Result<Target> parse_target(std::string_view target);

/// A segment of such a path.
[[nodiscard]] std::string decode_segment(std::string_view segment);

/// Encodes everything but unreserved characters, for a path segment or a query value.
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace dtrace::http
