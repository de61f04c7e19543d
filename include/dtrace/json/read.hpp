#pragma once

#include <dtrace/json/fault.hpp>

#include <string_view>

namespace dtrace::json {

/// An unknown key is an error in configuration and ignored in reports.
enum class UnknownKeys { refuse, ignore };

/// Reads a described struct (Boost.Describe), vector, map<string,…>, optional, number, bool, string
/// or any type with a text form (core/text.hpp). A member may be absent when it is optional, a
/// vector, or `T{}` gives it a value other than by value-initialisation — see docs; numbers are
/// range-checked; depth and size are limited.
template <class T>
[[nodiscard]] ReadResult<T> read(std::string_view text, UnknownKeys unknown);

}  // namespace dtrace::json
