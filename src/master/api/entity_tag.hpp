#pragma once

#include <dtrace/http/message.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace dtrace::master {

/// A strong ETag of what the API shows as `content`.
[[nodiscard]] std::string entity_tag(std::string_view content);

/// Against lost updates: 412 when the request was made for another state than this one (If-Match).
[[nodiscard]] std::optional<http::Response> refuse_stale(http::Request const& request,
                                                         std::string_view tag);

}  // namespace dtrace::master
