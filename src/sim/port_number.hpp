#pragma once

#include <dtrace/core/ip.hpp>

#include <charconv>
#include <optional>
#include <string_view>

namespace dtrace::sim {

/// "443"; none for anything that is not a port.
[[nodiscard]] inline std::optional<Port> port_number(std::string_view text) {
    Port port = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, failed] = std::from_chars(text.data(), end, port);
    if (failed != std::errc{} || stop != end) return {};
    return port;
}

}  // namespace dtrace::sim
