#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace dtrace {

/// "1 flow", "2 flows".
[[nodiscard]] std::string counted(std::integral auto count, std::string_view what) {
    return std::to_string(count).append(" ").append(what).append(count == 1 ? "" : "s");
}

}  // namespace dtrace
