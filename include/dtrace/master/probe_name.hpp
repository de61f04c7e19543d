#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dtrace::master {

/// Why no probe can be called so, if that is so. A name to log in with has 1 to 100 bytes, no
/// control characters, no space at either end, is not "." or "..", has no colon, which ends the
/// name in HTTP Basic (RFC 7617), and is not "*", which stands for every probe.
[[nodiscard]] std::optional<std::string> find_probe_name_fault(std::string_view name);

}  // namespace dtrace::master
