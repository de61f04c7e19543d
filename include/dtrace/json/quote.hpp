#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dtrace::json {

// The atoms of a JSON text (RFC 8259), appended to `text`.

/// In quotation marks, escaped, control characters too; bytes that are not UTF-8 become U+FFFD.
void append_quoted(std::string& text, std::string_view content);
[[nodiscard]] std::string quoted(std::string_view content);

/// `"name":` for a name that needs no escape.
void append_name(std::string& text, std::string_view name);

void append_number(std::string& text, std::int64_t number);
void append_number(std::string& text, std::uint64_t number);

/// The shortest form that reads back the same; null if not finite, for which JSON has no word.
void append_number(std::string& text, double number);

}  // namespace dtrace::json
