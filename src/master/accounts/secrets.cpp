#include "accounts/secrets.hpp"

#include <sodium.h>

#include <array>

namespace dtrace::master {

std::string make_secret(std::string_view prefix) {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::array<unsigned char, 32> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    std::array<char, sodium_base64_ENCODED_LEN(bytes.size(), variant)> text;
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
    return std::string(prefix) + text.data();
}

std::string make_password() {
    // Without 0, 1, l and o, which people take for each other.
    constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyz23456789";
    constexpr int groups = 5;
    constexpr int in_group = 4;
    std::string password;
    for (int i = 0; i < groups * in_group; ++i) {
        if (i > 0 && i % in_group == 0) password += '-';
        password += letters[randombytes_uniform(letters.size())];
    }
    return password;
}

std::string hash_of_secret(std::string_view secret) {
    std::array<unsigned char, 32> digest;
    crypto_generichash(digest.data(), digest.size(),
                       reinterpret_cast<unsigned char const*>(secret.data()), secret.size(),
                       nullptr, 0);
    std::array<char, 2 * digest.size() + 1> text;
    sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
    return text.data();
}

bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace dtrace::master
