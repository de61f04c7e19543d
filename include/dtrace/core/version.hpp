#pragma once

#include <string_view>

namespace dtrace {

inline constexpr std::string_view version = DTRACE_VERSION;

}  // namespace dtrace
