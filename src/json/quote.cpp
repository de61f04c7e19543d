#include <dtrace/json/quote.hpp>

#include <array>
#include <charconv>
#include <cmath>

namespace dtrace::json {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

bool is_plain(unsigned char c) {
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

bool is_continuation(unsigned char c) {
    return (c & 0xC0) == 0x80;
}

/// The length of the well-formed UTF-8 sequence at the front (RFC 3629); 0: there is none.
std::size_t sequence_length(std::string_view text) {
    auto const at = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i])
                               : static_cast<unsigned char>(0);
    };
    unsigned char const lead = at(0);
    unsigned char const second = at(1);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return is_continuation(second) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        bool const overlong = lead == 0xE0 && second < 0xA0;
        bool const surrogate = lead == 0xED && second > 0x9F;
        if (overlong || surrogate || !is_continuation(second)) return 0;
        return is_continuation(at(2)) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        bool const overlong = lead == 0xF0 && second < 0x90;
        bool const beyond = lead == 0xF4 && second > 0x8F;
        if (overlong || beyond || !is_continuation(second)) return 0;
        return is_continuation(at(2)) && is_continuation(at(3)) ? 4 : 0;
    }
    return 0;
}

void append_escaped(std::string& text, unsigned char c) {
    static constexpr char digits[] = "0123456789abcdef";
    text += '\\';
    switch (c) {
        case '"':
        case '\\':
            text += static_cast<char>(c);
            return;
        case '\b':
            text += 'b';
            return;
        case '\f':
            text += 'f';
            return;
        case '\n':
            text += 'n';
            return;
        case '\r':
            text += 'r';
            return;
        case '\t':
            text += 't';
            return;
        default:
            text += "u00";
            text += digits[c >> 4];
            text += digits[c & 0x0F];
    }
}

template <class T>
void append_chars(std::string& text, T number) {
    std::array<char, 32> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text.append(digits.data(), end);
}

}  // namespace

void append_quoted(std::string& text, std::string_view content) {
    text += '"';
    while (!content.empty()) {
        std::size_t plain = 0;
        while (plain < content.size() && is_plain(static_cast<unsigned char>(content[plain])))
            ++plain;
        text += content.substr(0, plain);
        content.remove_prefix(plain);
        if (content.empty()) break;
        std::size_t length = sequence_length(content);
        if (length == 1)
            append_escaped(text, static_cast<unsigned char>(content.front()));
        else if (length > 1)
            text += content.substr(0, length);
        else
            text += replacement;
        content.remove_prefix(length == 0 ? 1 : length);
    }
    text += '"';
}

std::string quoted(std::string_view content) {
    std::string text;
    append_quoted(text, content);
    return text;
}

void append_name(std::string& text, std::string_view name) {
    text += '"';
    text += name;
    text += "\":";
}

void append_number(std::string& text, std::int64_t number) {
    append_chars(text, number);
}

void append_number(std::string& text, std::uint64_t number) {
    append_chars(text, number);
}

void append_number(std::string& text, double number) {
    if (std::isfinite(number))
        append_chars(text, number);
    else
        text += "null";
}

}  // namespace dtrace::json
