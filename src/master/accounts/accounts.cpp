#include "accounts/accounts.hpp"

#include "accounts/password_hash.hpp"
#include "accounts/secrets.hpp"

#include <algorithm>
#include <utility>

namespace dtrace::master {

Accounts::Accounts() : decoy_hash_(hash_password(make_secret())) {}

void Accounts::replace(std::vector<User> users, std::vector<Token> tokens,
                       std::vector<Session> sessions) {
    users_.clear();
    tokens_.clear();
    sessions_.clear();
    for (auto& user : users)
        put(std::move(user));
    for (auto& token : tokens)
        put(std::move(token));
    for (auto& session : sessions)
        put(std::move(session));
}

User const* Accounts::user(std::string_view name) const {
    auto const found = users_.find(name);
    return found == users_.end() ? nullptr : &found->second;
}

std::vector<User> Accounts::users() const {
    std::vector<User> users;
    for (auto const& [name, user] : users_)
        users.push_back(user);
    return users;
}

bool Accounts::is_last_admin(std::string_view name) const {
    auto const is_admin = [](auto const& entry) { return entry.second.role == Role::admin; };
    auto const* const asked = user(name);
    return asked && asked->role == Role::admin && std::ranges::count_if(users_, is_admin) == 1;
}

void Accounts::put(User user) {
    auto name = user.name;
    users_.insert_or_assign(std::move(name), std::move(user));
}

void Accounts::remove_user(std::string_view name) {
    auto const is_theirs = [&](auto const& entry) { return entry.second.user == name; };
    std::erase_if(tokens_, is_theirs);
    std::erase_if(sessions_, is_theirs);
    if (auto const found = users_.find(name); found != users_.end()) users_.erase(found);
}

Token const* Accounts::token(Uuid const& id) const {
    auto const found =
        std::ranges::find_if(tokens_, [&](auto const& entry) { return entry.second.id == id; });
    return found == tokens_.end() ? nullptr : &found->second;
}

std::vector<Token> Accounts::tokens() const {
    std::vector<Token> tokens;
    for (auto const& [hash, token] : tokens_)
        tokens.push_back(token);
    std::ranges::sort(tokens, {}, &Token::id);
    return tokens;
}

std::vector<Token> Accounts::tokens_of(std::string_view user) const {
    auto tokens = this->tokens();
    std::erase_if(tokens, [&](Token const& token) { return token.user != user; });
    return tokens;
}

void Accounts::put(Token token) {
    auto hash = token.hash;
    tokens_.insert_or_assign(std::move(hash), std::move(token));
}

void Accounts::remove_token(Uuid const& id) {
    std::erase_if(tokens_, [&](auto const& entry) { return entry.second.id == id; });
}

std::optional<Session> Accounts::session(std::string_view hash) const {
    auto const found = sessions_.find(hash);
    if (found == sessions_.end()) return std::nullopt;
    return found->second;
}

std::vector<Session> Accounts::sessions_of(std::string_view user) const {
    std::vector<Session> sessions;
    for (auto const& [hash, session] : sessions_)
        if (session.user == user) sessions.push_back(session);
    std::ranges::sort(sessions, {}, &Session::created_at);
    return sessions;
}

std::vector<std::string> Accounts::expired_sessions(Timestamp now) const {
    std::vector<std::string> hashes;
    for (auto const& [hash, session] : sessions_)
        if (session.expires_at <= now) hashes.push_back(hash);
    return hashes;
}

void Accounts::put(Session session) {
    auto hash = session.hash;
    sessions_.insert_or_assign(std::move(hash), std::move(session));
}

void Accounts::remove_session(std::string_view hash) {
    if (auto const found = sessions_.find(hash); found != sessions_.end()) sessions_.erase(found);
}

std::optional<Caller> Accounts::find_by_token(std::string_view token, Timestamp now) const {
    auto const found = tokens_.find(hash_of_secret(token));
    if (found == tokens_.end()) return std::nullopt;
    auto const& known = found->second;
    auto const* const owner = user(known.user);
    if (!owner || (known.expires_at && *known.expires_at <= now)) return std::nullopt;
    return Caller{.user = owner->name,
                  .role = std::min(known.role, owner->role),
                  .token = known.name,
                  .session = {},
                  .address = {}};
}

std::optional<Caller> Accounts::find_by_cookie(std::string_view cookie, Timestamp now) const {
    auto const found = sessions_.find(hash_of_secret(cookie));
    if (found == sessions_.end() || found->second.expires_at <= now) return std::nullopt;
    auto const* const owner = user(found->second.user);
    if (!owner) return std::nullopt;
    return Caller{.user = owner->name,
                  .role = owner->role,
                  .token = {},
                  .session = found->second.hash,
                  .address = {}};
}

std::string const& Accounts::hash_of(std::string_view name) const {
    auto const* const known = user(name);
    return known ? known->password_hash : decoy_hash_;
}

}  // namespace dtrace::master
