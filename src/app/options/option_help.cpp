#include "options/option_table.hpp"

#include <algorithm>
#include <string>

namespace dtrace::app {

namespace {

constexpr std::size_t text_column = 30;
constexpr std::size_t line_width = 80;

/// "  -m, --max-hops N"
std::string left_side(Option const& option) {
    auto const letter = option.letter ? fmt::format("-{}, ", option.letter) : std::string(4, ' ');
    auto const argument = option.argument.empty() ? "" : ' ' + option.argument;
    return fmt::format("  {}--{}{}", letter, option.name, argument);
}

/// "the highest TTL (1 to 100; default 30)"
std::string right_side(Option const& option) {
    std::string more = option.value.allowed;
    if (!option.value.default_text.empty())
        more += fmt::format("{}default {}", more.empty() ? "" : "; ", option.value.default_text);
    return more.empty() ? option.help : fmt::format("{} ({})", option.help, more);
}

/// Words from `text_column` on, `left` before them on the first line.
std::string in_columns(std::string left, std::string const& text) {
    if (left.size() + 2 > text_column) left += '\n' + std::string(text_column, ' ');
    std::string result =
        left + std::string(left.size() < text_column ? text_column - left.size() : 0, ' ');
    std::size_t column = text_column;
    for (std::size_t begin = 0; begin < text.size();) {
        auto const end = std::min(text.find(' ', begin), text.size());
        if (column > text_column && column + 1 + end - begin > line_width) {
            result += '\n' + std::string(text_column, ' ');
            column = text_column;
        } else if (column > text_column) {
            result += ' ';
            ++column;
        }
        result += text.substr(begin, end - begin);
        column += end - begin;
        begin = end + 1;
    }
    return result + '\n';
}

}  // namespace

std::string OptionTable::help() const {
    std::string text;
    if (!operands_.empty()) text += '\n';
    for (auto const& operand : operands_)
        text += in_columns("  " + operand.argument, operand.help);
    auto heading = headings_.begin();
    for (std::size_t i = 0; i < options_.size(); ++i) {
        for (; heading != headings_.end() && heading->first == i; ++heading)
            text += '\n' + heading->second + ":\n";
        text += in_columns(left_side(options_[i]), right_side(options_[i]));
    }
    if (std::ranges::find(options_, std::string("TIME"), &Option::argument) != options_.end())
        text += "\nTIME is like 500ms, 2s, 5m, 1h or 1d; a bare number is seconds.\n";
    return text;
}

}  // namespace dtrace::app
