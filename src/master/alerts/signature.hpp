#pragma once

#include <string>
#include <string_view>

namespace dtrace::master {

/// HMAC-SHA256 (RFC 2104) of the message under the secret, in lower-case hexadecimal.
[[nodiscard]] std::string hmac_sha256(std::string_view secret, std::string_view message);

}  // namespace dtrace::master
