#include "terminal/standard_output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace dtrace::app {

bool write_out(std::string_view text) {
    bool const written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    return std::fflush(stdout) == 0 && written;
}

std::optional<TerminalSize> terminal_size() {
    if (isatty(STDOUT_FILENO) != 1) return std::nullopt;
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
        return TerminalSize{};
    return TerminalSize{.rows = size.ws_row, .columns = size.ws_col};
}

}  // namespace dtrace::app
