#include "accounts/account_rules.hpp"
#include "accounts/accounts.hpp"
#include "accounts/password_hash.hpp"
#include "accounts/secrets.hpp"
#include "catalog/load_registry.hpp"
#include "catalog/names.hpp"

#include <dtrace/json/write.hpp>
#include <dtrace/master/user_admin.hpp>

#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

using store::EntryKind;

Error refuse_user(std::string message) {
    return make_error(boost::system::errc::invalid_argument, std::move(message));
}

AuditEntry entry_of(std::string action, std::string const& user) {
    AuditEntry entry;
    entry.at = wall_clock_now();
    entry.action = std::move(action);
    entry.subject = user;
    return entry;
}

/// The end of all sessions of a user; with `tokens`, of those too.
std::vector<store::RegistryChange> endings(Accounts const& accounts, std::string const& user,
                                           bool tokens) {
    std::vector<store::RegistryChange> changes;
    for (auto const& session : accounts.sessions_of(user))
        changes.push_back({EntryKind::session, session.hash, std::nullopt});
    if (!tokens) return changes;
    for (auto const& token : accounts.tokens_of(user))
        changes.push_back({EntryKind::token, std::string(to_text(token.id)), std::nullopt});
    return changes;
}

asio::awaitable<Result<std::string>> keep_user(store::Registry& registry, User user,
                                               std::optional<std::string> password,
                                               std::vector<store::RegistryChange> changes,
                                               std::string action) {
    auto secret = password ? *std::move(password) : make_password();
    if (auto const fault = find_password_fault(secret))
        co_return refuse_user("the password " + *fault);
    user.password_hash = hash_password(secret);
    changes.push_back({EntryKind::user, user.name, json::write(user)});
    std::vector<AuditEntry> audit{entry_of(std::move(action), user.name)};
    auto const kept = co_await registry.change(std::move(changes), std::move(audit));
    if (!kept) co_return kept.error();
    co_return Result<std::string>(boost::system::in_place_value, std::move(secret));
}

}  // namespace

asio::awaitable<Result<std::vector<User>>> list_users(store::Registry& registry) {
    Accounts accounts;
    auto const loaded = co_await load_accounts(registry, accounts);
    if (!loaded) co_return loaded.error();
    co_return accounts.users();
}

asio::awaitable<Result<std::string>> add_user(store::Registry& registry, std::string name,
                                              Role role, std::optional<std::string> password) {
    if (auto const fault = find_address_name_fault(name))
        co_return refuse_user("the name " + *fault);
    Accounts accounts;
    auto const loaded = co_await load_accounts(registry, accounts);
    if (!loaded) co_return loaded.error();
    if (accounts.user(name)) co_return refuse_user("there is a user " + name);
    User user{
        .name = std::move(name), .role = role, .password_hash = {}, .created_at = wall_clock_now()};
    std::vector<store::RegistryChange> changes;
    co_return co_await keep_user(registry, std::move(user), std::move(password), std::move(changes),
                                 "create user");
}

asio::awaitable<Result<std::string>> reset_password(store::Registry& registry, std::string name,
                                                    std::optional<std::string> password) {
    Accounts accounts;
    auto const loaded = co_await load_accounts(registry, accounts);
    if (!loaded) co_return loaded.error();
    auto const* const known = accounts.user(name);
    if (!known) co_return refuse_user("there is no user " + name);
    User user = *known;
    auto changes = endings(accounts, name, false);
    co_return co_await keep_user(registry, std::move(user), std::move(password), std::move(changes),
                                 "change password");
}

asio::awaitable<Result<void>> remove_user(store::Registry& registry, std::string name) {
    Accounts accounts;
    auto const loaded = co_await load_accounts(registry, accounts);
    if (!loaded) co_return loaded.error();
    if (!accounts.user(name)) co_return refuse_user("there is no user " + name);
    auto changes = endings(accounts, name, true);
    changes.push_back({EntryKind::user, name, std::nullopt});
    std::vector<AuditEntry> audit{entry_of("delete user", name)};
    co_return co_await registry.change(std::move(changes), std::move(audit));
}

}  // namespace dtrace::master
