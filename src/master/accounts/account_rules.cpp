#include "accounts/account_rules.hpp"

#include "catalog/names.hpp"

#include <cstddef>
#include <utility>

namespace dtrace::master {

std::optional<std::string> find_password_fault(std::string_view password) {
    constexpr std::size_t shortest = 8;
    constexpr std::size_t longest = 1'000;
    if (password.size() < shortest) return "must have at least 8 bytes";
    if (password.size() > longest) return "must have at most 1000 bytes";
    return std::nullopt;
}

std::optional<json::Fault> find_fault(UserInput const& input) {
    if (auto reason = find_address_name_fault(input.name))
        return json::Fault{"name", *std::move(reason)};
    if (input.password)
        if (auto reason = find_password_fault(*input.password))
            return json::Fault{"password", *std::move(reason)};
    return std::nullopt;
}

std::optional<json::Fault> find_fault(TokenInput const& input, Role role, Timestamp now) {
    if (auto reason = find_name_fault(input.name)) return json::Fault{"name", *std::move(reason)};
    if (input.role && *input.role > role)
        return json::Fault{"role", "must be no more than yours, " + std::string(to_text(role))};
    if (input.expires_at && *input.expires_at <= now)
        return json::Fault{"expires_at", "must be in the future"};
    return std::nullopt;
}

}  // namespace dtrace::master
