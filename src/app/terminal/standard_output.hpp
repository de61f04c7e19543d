#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace dtrace::app {

/// Writes all of it to standard output, at once. False: not all of it got there (a full disk).
[[nodiscard]] bool write_out(std::string_view text);

struct TerminalSize {
    std::size_t rows = 24;
    std::size_t columns = 80;
};

/// Of the terminal that standard output is, the usual where it does not tell; none: it is none.
[[nodiscard]] std::optional<TerminalSize> terminal_size();

}  // namespace dtrace::app
