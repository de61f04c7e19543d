#pragma once

#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dtrace {

/// What somebody may do; each may also do what those before it may.
enum class Role : std::uint8_t {
    viewer,     ///< see traces, probes and measurements
    operator_,  ///< change probes and measurements, measure on demand
    admin,      ///< change users, read the audit log
};
BOOST_DESCRIBE_ENUM(Role, viewer, operator_, admin)

/// "operator" is a word of C++, so its enumerator has another name than its text.
template <>
struct TextForm<Role> {
    static std::string_view write(Role role);
    static Result<Role> read(std::string_view text);
};

/// Somebody who may log in. `password_hash` is argon2id in libsodium's string form.
struct User {
    std::string name;
    Role role = Role::viewer;
    std::string password_hash;
    Timestamp created_at;

    friend bool operator==(User const&, User const&) = default;
};
BOOST_DESCRIBE_STRUCT(User, (), (name, role, password_hash, created_at))

/// What a script logs in with instead of a password. `hash` is that of the token itself, which is
/// shown once and kept nowhere.
struct Token {
    Uuid id;
    std::string name;  ///< what it is for
    std::string user;  ///< whose it is; it may never do more than they
    Role role = Role::viewer;
    std::string hash;
    Timestamp created_at;
    std::optional<Timestamp> expires_at;

    friend bool operator==(Token const&, Token const&) = default;
};
BOOST_DESCRIBE_STRUCT(Token, (), (id, name, user, role, hash, created_at, expires_at))

/// A login of a browser; `hash` is that of its cookie.
struct Session {
    std::string hash;
    std::string user;
    Timestamp created_at;
    Timestamp expires_at;

    friend bool operator==(Session const&, Session const&) = default;
};
BOOST_DESCRIBE_STRUCT(Session, (), (hash, user, created_at, expires_at))

}  // namespace dtrace
