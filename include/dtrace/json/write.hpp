#pragma once

#include <string>

namespace dtrace::json {

/// The compact JSON text of a value that json::read can read back. Members in the order of their
/// description; an empty optional is left out; times, addresses, uuids and enums as their text
/// form.
template <class T>
[[nodiscard]] std::string write(T const& value);

}  // namespace dtrace::json
