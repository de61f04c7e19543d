#pragma once

#include <dtrace/core/ip.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace dtrace::store {

/// An address in the database: 4 bytes, 16, or 20 with a scope.
[[nodiscard]] std::string address_to_bytes(IpAddress const& address);
[[nodiscard]] std::optional<IpAddress> address_from_bytes(std::string_view bytes);

}  // namespace dtrace::store
