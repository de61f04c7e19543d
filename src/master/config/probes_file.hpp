#pragma once

#include <dtrace/json/fault.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace dtrace::master {

/// A probe as its file tells of it. Exactly one of `password` and `password_hash` is not empty.
struct ProbeEntry {
    std::string name;
    std::string password;       ///< plain: hash it, then forget it
    std::string password_hash;  ///< argon2id in libsodium's string form
    std::vector<std::string> tags;

    friend bool operator==(ProbeEntry const&, ProbeEntry const&) = default;
};

/// Reads dist-traceroute's dt-slaves.json, `{"Slaves":[{"Name":…,"Password":…}]}`, which may also
/// say `Probes` for `Slaves`, `PasswordHash` for `Password`, and `Tags` for each. Keys are
/// case-sensitive, and an unknown one is a fault, as are a name or a key that stands twice.
[[nodiscard]] json::ReadResult<std::vector<ProbeEntry>> parse_probes_file(std::string_view text);

}  // namespace dtrace::master
