#pragma once

#include "accounts/login_book.hpp"

#include <dtrace/json/fault.hpp>

#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

/// Those of these names that no probe has. A measurement comes by them when a probe is removed, or
/// from a file that names one to come.
[[nodiscard]] std::vector<std::string> unknown_probes(LoginBook const& book,
                                                      std::vector<std::string> const& names);

/// The first of the `probes` of a body that is unknown, which most likely is a slip. What stood
/// there `before` may stay: who changes something else need not know.
[[nodiscard]] std::optional<json::Fault> find_unknown_probe(
    LoginBook const& book, std::vector<std::string> const& names,
    std::vector<std::string> const& before = {});

}  // namespace dtrace::master
