#pragma once

#include <dtrace/core/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace dtrace::app {

/// The terminal as a page that is drawn anew again and again, and the keys that are pressed. What
/// stood there before is there again when this goes.
class LiveScreen {
  public:
    /// The error says that standard output is no terminal.
    [[nodiscard]] static Result<std::unique_ptr<LiveScreen>> open(
        boost::asio::any_io_executor executor);
    LiveScreen(LiveScreen const&) = delete;
    LiveScreen& operator=(LiveScreen const&) = delete;
    ~LiveScreen();

    /// As much of the text as fits.
    void draw(std::string_view text);

    /// The next key; none when there will be none: standard input is no terminal, or cancelled.
    [[nodiscard]] boost::asio::awaitable<std::optional<char>> key();

  private:
    struct Keyboard;
    LiveScreen();

    std::unique_ptr<Keyboard> keyboard_;  ///< none: standard input is no terminal
};

/// Pure: the first `rows` lines of a text, each cut to `columns`, which ends where the page does.
[[nodiscard]] std::string fit_page(std::string_view text, std::size_t rows, std::size_t columns);

}  // namespace dtrace::app
