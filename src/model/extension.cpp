#include <dtrace/model/extension.hpp>

#include <optional>

namespace dtrace {

namespace {

std::optional<unsigned> digit_value(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

}  // namespace

std::string TextForm<Octets>::write(Octets const& octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * octets.bytes.size());
    for (std::uint8_t const byte : octets.bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 0xF];
    }
    return text;
}

Result<Octets> TextForm<Octets>::read(std::string_view text) {
    Octets octets;
    octets.bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        auto const high = digit_value(text[i]);
        auto const low = digit_value(text[i + 1]);
        if (!high || !low) break;
        octets.bytes.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
    }
    if (2 * octets.bytes.size() == text.size()) return octets;
    return make_error(boost::system::errc::invalid_argument,
                      "must be an even number of hexadecimal digits");
}

}  // namespace dtrace
