#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::app {

/// What may have been meant by `given`: the candidate with the fewest letters to change, if these
/// are few compared with its length.
[[nodiscard]] std::optional<std::string> nearest(std::string_view given,
                                                 std::vector<std::string> const& candidates);

}  // namespace dtrace::app
