#include "accounts/password_hash.hpp"

#include <sodium.h>

#include <array>
#include <new>

namespace dtrace::master {

namespace {

constexpr unsigned long long passes = 2;
constexpr std::size_t memory = 19 << 20;

}  // namespace

std::string hash_password(std::string_view password) {
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), passes, memory,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw std::bad_alloc();  // its only failure
    return text.data();
}

bool is_right_password(std::string_view password, std::string const& hash) {
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool is_password_hash(std::string const& text) {
    return text.starts_with("$argon2id$") && text.size() < crypto_pwhash_STRBYTES &&
           text.find('\0') == std::string::npos &&
           crypto_pwhash_str_needs_rehash(text.c_str(), passes, memory) != -1;
}

}  // namespace dtrace::master
