#pragma once

#include <dtrace/json/fault.hpp>
#include <dtrace/json/place.hpp>
#include <dtrace/master/probe_name.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::master {

// What may stand in the configuration as a name. Each answers the reason of a refusal, or nothing.

/// A name that people read: 1 to 100 bytes, no control characters, no space at either end.
[[nodiscard]] std::optional<std::string> find_name_fault(std::string_view name);

/// One that stands in addresses (`/api/v1/users/{name}`): not "." or ".." either, which the path of
/// an address cannot say.
[[nodiscard]] std::optional<std::string> find_address_name_fault(std::string_view name);

/// A probe's secret: 1 to 1000 bytes, no control characters, which HTTP Basic has no way to carry
/// (RFC 7617).
[[nodiscard]] std::optional<std::string> find_secret_fault(std::string_view secret);

/// An IP address, or a DNS name in letters, digits, '-' and '_' (RFC 1123, with the underscore that
/// is in use).
[[nodiscard]] std::optional<std::string> find_host_fault(std::string_view host);

/// What can be measured: such a host, but for addresses that are no single host's, which every
/// probe refuses.
[[nodiscard]] std::optional<std::string> find_target_fault(std::string_view target);

/// The first member of a list at `at` that `check` refuses, or that stands there twice.
[[nodiscard]] std::optional<json::Fault> find_list_fault(
    std::vector<std::string> const& list, json::Place const& at,
    std::optional<std::string> (*check)(std::string_view));

}  // namespace dtrace::master
