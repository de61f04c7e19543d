#pragma once

#include "resources/views_accounts.hpp"

#include <dtrace/core/time.hpp>
#include <dtrace/json/fault.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace dtrace::master {

/// Why this cannot be a password of a user, if it cannot.
[[nodiscard]] std::optional<std::string> find_password_fault(std::string_view password);

// Why this cannot be, naming the member, if it cannot.

[[nodiscard]] std::optional<json::Fault> find_fault(UserInput const& input);
/// `role`: of who makes the token.
[[nodiscard]] std::optional<json::Fault> find_fault(TokenInput const& input, Role role,
                                                    Timestamp now);

}  // namespace dtrace::master
