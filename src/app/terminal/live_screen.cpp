#include "terminal/live_screen.hpp"

#include "terminal/standard_output.hpp"

#include <dtrace/async/use_result.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace dtrace::app {

namespace asio = boost::asio;

namespace {

// Control sequences of ECMA-48 and xterm.
constexpr std::string_view enter = "\x1B[?1049h\x1B[?25l";
constexpr std::string_view leave = "\x1B[?25h\x1B[?1049l";
constexpr std::string_view home = "\x1B[H";
constexpr std::string_view rest_of_line = "\x1B[K";
constexpr std::string_view rest_of_page = "\x1B[J";

}  // namespace

/// The terminal's keys, without echo and without waiting for the end of a line.
struct LiveScreen::Keyboard {
    asio::posix::stream_descriptor input;
    termios before{};

    Keyboard(asio::any_io_executor executor, int descriptor) : input(executor, descriptor) {
        tcgetattr(input.native_handle(), &before);
        termios raw = before;
        raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        tcsetattr(input.native_handle(), TCSANOW, &raw);
    }
    Keyboard(Keyboard const&) = delete;
    Keyboard& operator=(Keyboard const&) = delete;
    ~Keyboard() { tcsetattr(input.native_handle(), TCSANOW, &before); }
};

LiveScreen::LiveScreen() = default;

Result<std::unique_ptr<LiveScreen>> LiveScreen::open(asio::any_io_executor executor) {
    if (!terminal_size())
        return make_error(boost::system::errc::inappropriate_io_control_operation,
                          "--live: standard output is no terminal; --report prints once");
    std::unique_ptr<LiveScreen> screen(new LiveScreen);
    // Opened anew: on a terminal, standard input is often the very file that standard output is,
    // and what reads it must not make both non-blocking.
    if (isatty(STDIN_FILENO) == 1)
        if (int const descriptor = ::open("/dev/tty", O_RDONLY | O_CLOEXEC); descriptor >= 0)
            screen->keyboard_ = std::make_unique<Keyboard>(std::move(executor), descriptor);
    (void)write_out(enter);
    return screen;
}

LiveScreen::~LiveScreen() {
    (void)write_out(leave);
}

void LiveScreen::draw(std::string_view text) {
    auto const [rows, columns] = terminal_size().value_or(TerminalSize{});
    (void)write_out(std::string(home) + fit_page(text, rows, columns));
}

asio::awaitable<std::optional<char>> LiveScreen::key() {
    co_await asio::this_coro::throw_if_cancelled(false);
    if (!keyboard_) co_return std::nullopt;
    char key = 0;
    auto const [error, size] =
        co_await keyboard_->input.async_read_some(asio::buffer(&key, 1), async::as_result);
    co_return error || size == 0 ? std::nullopt : std::optional(key);
}

std::string fit_page(std::string_view text, std::size_t rows, std::size_t columns) {
    std::string page;
    for (std::size_t row = 0; row < rows && !text.empty(); ++row) {
        auto const end = std::min(text.find('\n'), text.size());
        page += text.substr(0, std::min(end, columns));
        page += rest_of_line;
        text.remove_prefix(std::min(end + 1, text.size()));
        if (row + 1 < rows) page += "\r\n";
    }
    page += rest_of_page;
    return page;
}

}  // namespace dtrace::app
