#pragma once

#include <string>
#include <string_view>

namespace dtrace::master {

// argon2id of libsodium, 19 MiB and two passes (the least that OWASP advises). Each call costs tens
// of milliseconds: not for the io thread.

[[nodiscard]] std::string hash_password(std::string_view password);

[[nodiscard]] bool is_right_password(std::string_view password, std::string const& hash);

/// Whether `text` is an argon2id string that is_right_password can use. Cheap.
[[nodiscard]] bool is_password_hash(std::string const& text);

}  // namespace dtrace::master
