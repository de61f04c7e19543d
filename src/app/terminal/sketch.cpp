#include "terminal/sketch.hpp"

#include "terminal/live_screen.hpp"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace dtrace::app {

namespace {

void put_out(std::string const& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

}  // namespace

Sketch::Sketch() : is_seen_(isatty(STDOUT_FILENO) == 1) {}

void Sketch::draw(std::string_view text) {
    if (!is_seen_) return;
    if (text.empty()) return clear();
    winsize size{};
    bool const known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1;
    auto const page = fit_page(text, known ? size.ws_row - 1U : 23, known ? size.ws_col : 80);
    put_out(back_ + page);
    auto const lines = std::ranges::count(page, '\n');
    back_ = lines > 0 ? fmt::format("\r\x1B[{}A", lines) : "\r";
}

void Sketch::clear() {
    if (!back_.empty()) put_out(back_ + std::string(fit_page({}, 1, 1)));
    back_.clear();
}

}  // namespace dtrace::app
