#pragma once

#include <string>
#include <string_view>

namespace dtrace::master {

/// 32 random bytes in base64url, behind `prefix`.
[[nodiscard]] std::string make_secret(std::string_view prefix = {});

/// A password that people can copy: "kq3m-…", 100 random bits.
[[nodiscard]] std::string make_password();

/// What is kept of a secret with so much randomness that no slow hash is needed: BLAKE2b in hex.
[[nodiscard]] std::string hash_of_secret(std::string_view secret);

/// Takes the same time wherever they differ.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b);

}  // namespace dtrace::master
