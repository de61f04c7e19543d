#pragma once

#include <string>
#include <string_view>

namespace dtrace::http {

/// `text` as a JSON string with its quotes. Whatever is not UTF-8 becomes U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace dtrace::http
