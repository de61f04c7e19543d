#pragma once

#include <dtrace/model/audit.hpp>
#include <dtrace/model/user.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

// The members below are JSON of the API, name by name (docs/api.md). What ends in Input is a body
// that is sent to the master.

struct LoginInput {
    std::string user;
    std::string password;
};
BOOST_DESCRIBE_STRUCT(LoginInput, (), (user, password))

struct SessionView {
    std::optional<std::string> user;  ///< absent: nobody in particular
    Role role = Role::viewer;
    std::optional<std::string> csrf_token;  ///< to be sent as X-CSRF-Token; of a session only
    std::optional<Timestamp> expires_at;
};
BOOST_DESCRIBE_STRUCT(SessionView, (), (user, role, csrf_token, expires_at))

struct PasswordInput {
    std::string old_password;
    std::string new_password;
};
BOOST_DESCRIBE_STRUCT(PasswordInput, (), (old_password, new_password))

struct UserView {
    std::string name;
    Role role = Role::viewer;
    Timestamp created_at;
    std::uint64_t sessions = 0;
    std::uint64_t tokens = 0;
    std::optional<std::string> password;  ///< once, where the master made it up
};
BOOST_DESCRIBE_STRUCT(UserView, (), (name, role, created_at, sessions, tokens, password))

struct UserList {
    std::vector<UserView> users;
};
BOOST_DESCRIBE_STRUCT(UserList, (), (users))

struct UserInput {
    std::string name;
    Role role = Role::viewer;
    std::optional<std::string> password;  ///< absent: the master makes one up
};
BOOST_DESCRIBE_STRUCT(UserInput, (), (name, role, password))

struct UserChangeInput {
    std::optional<Role> role;
    std::optional<std::string> password;
};
BOOST_DESCRIBE_STRUCT(UserChangeInput, (), (role, password))

struct TokenView {
    Uuid id;
    std::string name;
    std::string user;
    Role role = Role::viewer;
    Timestamp created_at;
    std::optional<Timestamp> expires_at;
    std::optional<std::string> token;  ///< once, in the answer to its making
};
BOOST_DESCRIBE_STRUCT(TokenView, (), (id, name, user, role, created_at, expires_at, token))

struct TokenList {
    std::vector<TokenView> tokens;
};
BOOST_DESCRIBE_STRUCT(TokenList, (), (tokens))

struct TokenInput {
    std::string name;
    std::optional<Role> role;  ///< absent: that of the caller
    std::optional<Timestamp> expires_at;
};
BOOST_DESCRIBE_STRUCT(TokenInput, (), (name, role, expires_at))

struct AuditList {
    std::vector<AuditEntry> entries;
    std::optional<std::string> next;
    std::optional<std::uint64_t> unreadable;  ///< of this page, left out
};
BOOST_DESCRIBE_STRUCT(AuditList, (), (entries, next, unreadable))

}  // namespace dtrace::master
