#pragma once

#include <dtrace/json/fault.hpp>

#include <optional>
#include <string_view>

namespace dtrace::json {

/// The first key that stands twice in one object of a JSON text. A JSON reader keeps the last one
/// and drops the others without a word, which in a configuration hides a slip of copy and paste.
/// Says nothing about a text that is not JSON.
[[nodiscard]] std::optional<Fault> find_duplicate_key(std::string_view text);

}  // namespace dtrace::json
