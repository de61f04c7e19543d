#include "terminal/sketch.hpp"

#include "terminal/live_screen.hpp"
#include "terminal/standard_output.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dtrace::app {

Sketch::Sketch() : is_seen_(terminal_size().has_value()) {}

void Sketch::draw(std::string_view text) {
    if (!is_seen_) return;
    if (text.empty()) return clear();
    auto const [rows, columns] = terminal_size().value_or(TerminalSize{});
    auto const page = fit_page(text, std::max<std::size_t>(rows, 2) - 1, columns);
    (void)write_out(back_ + page);
    auto const lines = std::ranges::count(page, '\n');
    back_ = lines > 0 ? fmt::format("\r\x1B[{}A", lines) : "\r";
}

void Sketch::clear() {
    if (!back_.empty()) (void)write_out(back_ + std::string(fit_page({}, 1, 1)));
    back_.clear();
}

}  // namespace dtrace::app
