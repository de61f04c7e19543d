#include <dtrace/core/hex.hpp>
#include <dtrace/model/extension.hpp>

namespace dtrace {

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
        auto const high = hex_digit(text[i]);
        auto const low = hex_digit(text[i + 1]);
        if (!high || !low) break;
        octets.bytes.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
    }
    if (2 * octets.bytes.size() == text.size()) return octets;
    return make_error(boost::system::errc::invalid_argument,
                      "must be an even number of hexadecimal digits");
}

}  // namespace dtrace
