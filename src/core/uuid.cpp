#include <dtrace/core/hex.hpp>
#include <dtrace/core/uuid.hpp>

#include <sodium.h>

namespace dtrace {

namespace {

void set_version(Uuid& uuid, std::uint8_t version) {
    uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0F) | (version << 4));
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3F) | 0x80);
}

}  // namespace

Uuid make_uuid_v7(Timestamp time) {
    Uuid uuid;
    auto const ms = static_cast<std::uint64_t>(
        std::chrono::floor<milliseconds>(time).time_since_epoch().count());
    for (std::size_t i = 0; i < 6; ++i)
        uuid.bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (5 - i)));
    randombytes_buf(uuid.bytes.data() + 6, uuid.bytes.size() - 6);
    set_version(uuid, 7);
    return uuid;
}

Uuid make_uuid_from_name(std::string_view name) {
    Uuid uuid;
    crypto_generichash(uuid.bytes.data(), uuid.bytes.size(),
                       reinterpret_cast<unsigned char const*>(name.data()), name.size(), nullptr,
                       0);
    set_version(uuid, 8);
    return uuid;
}

std::string TextForm<Uuid>::write(Uuid const& uuid) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += digits[uuid.bytes[i] >> 4];
        text += digits[uuid.bytes[i] & 0x0F];
    }
    return text;
}

Result<Uuid> TextForm<Uuid>::read(std::string_view text) {
    auto const refuse = [] {
        return make_error(boost::system::errc::invalid_argument,
                          "must be a UUID like 018f2d9e-7c3b-7e1a-9b3c-0123456789ab");
    };
    if (text.size() != 36) return refuse();
    Uuid uuid;
    std::size_t nibble = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i] != '-') return refuse();
            continue;
        }
        auto const value = hex_digit(text[i]);
        if (!value) return refuse();
        auto& byte = uuid.bytes[nibble / 2];
        byte = static_cast<std::uint8_t>(unsigned{byte} << 4 | *value);
        ++nibble;
    }
    return uuid;
}

}  // namespace dtrace
