#pragma once

#include <span>
#include <string_view>

namespace dtrace::http {

/// Without case, as field names compare.
[[nodiscard]] bool same_field_name(std::string_view a, std::string_view b);

[[nodiscard]] bool is_among(std::span<std::string_view const> names, std::string_view name);

/// A token (RFC 9110 § 5.6.2).
[[nodiscard]] bool is_field_name(std::string_view name);

/// Nothing that could end the line or the message (RFC 9110 § 5.5).
[[nodiscard]] bool is_field_value(std::string_view value);

}  // namespace dtrace::http
