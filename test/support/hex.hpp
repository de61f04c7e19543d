#pragma once

#include <cctype>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::test {

using Bytes = std::vector<std::byte>;

/// "4500 001e|a0" → bytes; anything that is no hex digit separates. Throws on an odd digit.
inline Bytes from_hex(std::string_view text) {
    Bytes bytes;
    int digits = 0;
    unsigned value = 0;
    for (char const c : text) {
        if (!std::isxdigit(static_cast<unsigned char>(c))) continue;
        auto const lower = static_cast<char>(c | 0x20);
        value = value << 4 | static_cast<unsigned>(lower <= '9' ? c - '0' : lower - 'a' + 10);
        if (++digits % 2 == 0) bytes.push_back(static_cast<std::byte>(value & 0xFF));
    }
    if (digits % 2 != 0) throw std::invalid_argument("odd number of hex digits");
    return bytes;
}

inline Bytes operator""_hex(char const* text, std::size_t size) {
    return from_hex({text, size});
}

/// Lower case, without separators.
inline std::string to_hex(std::span<std::byte const> bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::byte const b : bytes) {
        text += digits[std::to_integer<unsigned>(b) >> 4];
        text += digits[std::to_integer<unsigned>(b) & 0x0F];
    }
    return text;
}

}  // namespace dtrace::test
