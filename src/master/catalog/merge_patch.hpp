#pragma once

#include <dtrace/json/fault.hpp>

#include <string>
#include <string_view>

namespace dtrace::master {

/// `target` with a JSON Merge Patch (RFC 7396) applied: members replace members, null removes them.
/// `target` must be JSON; a fault is the patch's.
[[nodiscard]] json::ReadResult<std::string> merge_patch(std::string_view target,
                                                        std::string_view patch);

}  // namespace dtrace::master
