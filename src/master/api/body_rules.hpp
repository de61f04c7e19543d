#pragma once

#include <dtrace/http/message.hpp>
#include <dtrace/json/fault.hpp>

#include <optional>

namespace dtrace::master {

/// Why the body of a change is not even read: it is not said to be JSON (415), which keeps pages of
/// other sites out, as a browser sends that only with this server's consent; or too large (413).
[[nodiscard]] std::optional<http::Response> refuse_body(http::Request const& request);

/// 400, with the place in the body.
[[nodiscard]] http::Response wrong_body(json::Fault const& fault);

}  // namespace dtrace::master
