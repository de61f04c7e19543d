#include "api/dashboard_assets.hpp"

namespace dtrace::master {

std::span<http::Asset const> dashboard_assets() {
    return {};
}

}  // namespace dtrace::master
