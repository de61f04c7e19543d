#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dtrace::formats {

/// One line of a CSV text (RFC 4180). A text never begins like a formula of a spreadsheet, whatever
/// a name server said.
class CsvLine {
  public:
    CsvLine& text(std::string_view cell);
    CsvLine& number(std::uint64_t cell);
    CsvLine& number(std::optional<std::uint64_t> cell);
    /// Four digits behind the point.
    CsvLine& share(double cell);

    [[nodiscard]] std::string end() && { return std::move(line_) + "\r\n"; }

  private:
    void begin();

    std::string line_;
    bool first_ = true;
};

}  // namespace dtrace::formats
