#pragma once

#include <dtrace/http/assets.hpp>

#include <span>

namespace dtrace::master {

/// The dashboard as it was bundled when this program was built (src/master/dashboard); the page
/// itself has an empty name, all others a name with a hash of their content. Empty where it was
/// left out (-DDTRACE_DASHBOARD=OFF).
[[nodiscard]] std::span<http::Asset const> dashboard_assets();

}  // namespace dtrace::master
