#pragma once

#include <string>
#include <string_view>

namespace dtrace::app {

/// Lines below what is printed on the terminal, drawn anew again and again; they go before
/// something is printed that stays. Where standard output is no terminal, nothing is drawn.
class Sketch {
  public:
    Sketch();
    Sketch(Sketch const&) = delete;
    Sketch& operator=(Sketch const&) = delete;
    ~Sketch() { clear(); }

    [[nodiscard]] bool is_seen() const { return is_seen_; }
    /// As much of the text as fits.
    void draw(std::string_view text);
    void clear();

  private:
    bool is_seen_;
    std::string back_;  ///< to where it begins
};

}  // namespace dtrace::app
