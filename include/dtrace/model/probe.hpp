#pragma once

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

namespace dtrace {

/// A probe that may log in. `password_hash` is argon2id in libsodium's string form.
struct Probe {
    std::string name;
    std::string password_hash;
    std::vector<std::string> tags;

    friend bool operator==(Probe const&, Probe const&) = default;
};
BOOST_DESCRIBE_STRUCT(Probe, (), (name, password_hash, tags))

}  // namespace dtrace
