#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dtrace::http {

[[nodiscard]] std::string base64_encode(std::string_view bytes);

/// Strict (RFC 4648 § 4): the standard alphabet, padded, no spaces, unused bits zero.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace dtrace::http
