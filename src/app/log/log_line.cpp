#include "log/log_line.hpp"

#include <dtrace/core/enum_text.hpp>
#include <dtrace/json/quote.hpp>

#include <algorithm>

namespace dtrace::app {

namespace {

bool is_plain(std::string_view value) {
    return !value.empty() && std::ranges::all_of(value, [](unsigned char c) {
        return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\';
    });
}

}  // namespace

std::string log_line(Timestamp time, LogLevel level, std::string_view event,
                     std::span<LogField const> fields) {
    auto line = to_text(time);
    line += ' ';
    line += to_text(level);
    line += ' ';
    line += event;
    for (auto const& field : fields) {
        line += ' ';
        line += field.key;
        line += '=';
        if (is_plain(field.value))
            line += field.value;
        else
            json::append_quoted(line, field.value);
    }
    return line;
}

}  // namespace dtrace::app
