#include "alerts/signature.hpp"

#include <sodium.h>

#include <array>

namespace dtrace::master {

namespace {

unsigned char const* bytes_of_text(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}

}  // namespace

std::string hmac_sha256(std::string_view secret, std::string_view message) {
    crypto_auth_hmacsha256_state state;
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> digest{};
    crypto_auth_hmacsha256_init(&state, bytes_of_text(secret), secret.size());
    crypto_auth_hmacsha256_update(&state, bytes_of_text(message), message.size());
    crypto_auth_hmacsha256_final(&state, digest.data());
    std::array<char, 2 * digest.size() + 1> text{};
    sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
    return text.data();
}

}  // namespace dtrace::master
