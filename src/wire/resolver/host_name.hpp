#pragma once

#include <dtrace/core/error.hpp>

#include <string_view>

namespace dtrace::wire {

/// Whether `name` can be a host's name in DNS (RFC 1123 § 2.1, and '_', which occurs): ASCII
/// letters, digits, '-' and '_' in labels of 1 to 63 characters, 253 in all, a final '.' allowed.
/// The error says what is wrong. A dotted number that is no address is refused too.
[[nodiscard]] Result<void> check_host_name(std::string_view name);

}  // namespace dtrace::wire
