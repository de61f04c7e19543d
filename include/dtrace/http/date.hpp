#pragma once

#include <dtrace/core/time.hpp>

#include <array>
#include <optional>
#include <string_view>

namespace dtrace::http {

inline constexpr std::array<std::string_view, 12> month_names = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// "Sun, 22 Nov 2026 14:00:00 GMT", or one of the two obsolete forms that a recipient has to know
/// (RFC 9110 § 5.6.7). None: it is not such a date. The name of the day is not compared with it.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_date(std::string_view text);

}  // namespace dtrace::http
