#include "csv_line.hpp"

#include <fmt/format.h>

namespace dtrace::formats {

void CsvLine::begin() {
    if (!first_) line_ += ',';
    first_ = false;
}

CsvLine& CsvLine::text(std::string_view cell) {
    begin();
    std::string shown(cell);
    if (!shown.empty() && std::string_view("=+-@\t").find(shown.front()) != std::string_view::npos)
        shown.insert(0, 1, '\'');
    if (shown.find_first_of(",\"\r\n") == std::string::npos) {
        line_ += shown;
        return *this;
    }
    line_ += '"';
    for (char const c : shown) {
        if (c == '"') line_ += '"';
        line_ += c;
    }
    line_ += '"';
    return *this;
}

CsvLine& CsvLine::number(std::uint64_t cell) {
    begin();
    line_ += std::to_string(cell);
    return *this;
}

CsvLine& CsvLine::number(std::optional<std::uint64_t> cell) {
    if (cell) return number(*cell);
    begin();
    return *this;
}

CsvLine& CsvLine::share(double cell) {
    begin();
    line_ += fmt::format("{:.4f}", cell);
    return *this;
}

}  // namespace dtrace::formats
