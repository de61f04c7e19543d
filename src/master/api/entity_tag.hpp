#pragma once

#include <dtrace/http/message.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace dtrace::master {

/// A strong ETag of an answer: of the `definition` that it shows, then of all of `shown`, which
/// also tells what becomes of it (whether a probe is online).
[[nodiscard]] std::string entity_tag(std::string_view definition, std::string_view shown);

/// 304 instead of an answer, which has an ETag, that the client has already (If-None-Match).
[[nodiscard]] http::Response unless_known(http::Request const& request, http::Response answer);

/// Against lost updates: 412 when the request was made for another definition (If-Match), whatever
/// else has changed meanwhile.
[[nodiscard]] std::optional<http::Response> refuse_stale(http::Request const& request,
                                                         std::string_view definition);

}  // namespace dtrace::master
