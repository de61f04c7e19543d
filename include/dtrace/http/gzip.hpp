#pragma once

#include <dtrace/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dtrace::http {

/// `least`: quickly rather than well.
enum class Effort : std::uint8_t { usual, least };

[[nodiscard]] std::string gzip(std::string_view text, Effort effort = Effort::usual);

/// Inflates one or more gzip members. errc::message_size when the text would be longer than
/// `max_bytes` (nothing beyond is produced); errc::bad_message when it is broken or cut short.
[[nodiscard]] Result<std::string> gunzip(std::string_view bytes, std::size_t max_bytes);

}  // namespace dtrace::http
