#pragma once

#include "api/access.hpp"

#include <dtrace/core/time.hpp>
#include <dtrace/model/user.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::master {

/// Users, their tokens and their sessions. Pure; what is here is also in the registry, but for
/// sessions that a failing database did not take.
class Accounts {
  public:
    static constexpr std::size_t most_users = 1'000;
    static constexpr std::size_t most_tokens = 100;    ///< of one user
    static constexpr std::size_t most_sessions = 100;  ///< of one user; then the oldest ends

    Accounts();

    void replace(std::vector<User> users, std::vector<Token> tokens, std::vector<Session> sessions);

    [[nodiscard]] User const* user(std::string_view name) const;
    [[nodiscard]] std::vector<User> users() const;
    /// Without this user nobody could change users any more.
    [[nodiscard]] bool is_last_admin(std::string_view name) const;
    void put(User user);
    /// With all their tokens and sessions.
    void remove_user(std::string_view name);

    [[nodiscard]] Token const* token(Uuid const& id) const;
    [[nodiscard]] std::vector<Token> tokens_of(std::string_view user) const;
    [[nodiscard]] std::vector<Token> tokens() const;
    void put(Token token);
    void remove_token(Uuid const& id);

    [[nodiscard]] std::optional<Session> session(std::string_view hash) const;
    /// The oldest first.
    [[nodiscard]] std::vector<Session> sessions_of(std::string_view user) const;
    /// Hashes of those that are over.
    [[nodiscard]] std::vector<std::string> expired_sessions(Timestamp now) const;
    void put(Session session);
    void remove_session(std::string_view hash);

    /// Whose token or cookie this is, and what they may do; none if it is unknown or over.
    [[nodiscard]] std::optional<Caller> find_by_token(std::string_view token, Timestamp now) const;
    [[nodiscard]] std::optional<Caller> find_by_cookie(std::string_view cookie,
                                                       Timestamp now) const;

    /// What to verify a password against: a hash that no password fits for an unknown user, so that
    /// the answer takes as long.
    [[nodiscard]] std::string const& hash_of(std::string_view user) const;

  private:
    std::string decoy_hash_;
    std::map<std::string, User, std::less<>> users_;
    std::map<std::string, Token, std::less<>> tokens_;      ///< by hash
    std::map<std::string, Session, std::less<>> sessions_;  ///< by hash
};

}  // namespace dtrace::master
