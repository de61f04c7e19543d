#include "catalog/load_registry.hpp"

#include "accounts/password_hash.hpp"
#include "accounts/secrets.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <utility>
#include <vector>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

constexpr auto first_admin = "admin";

template <class T>
asio::awaitable<Result<std::vector<T>>> read_all(store::Registry& registry, store::EntryKind kind) {
    auto const entries = co_await registry.entries(kind);
    if (!entries) co_return entries.error();
    std::vector<T> all;
    for (auto const& [key, content] : *entries) {
        auto one = json::read<T>(content, json::UnknownKeys::ignore);
        if (!one)
            co_return make_error(boost::system::errc::bad_message,
                                 "the database is damaged: " + std::string(to_text(kind)) + ' ' +
                                     key + ": " + one.error().text());
        all.push_back(*std::move(one));
    }
    co_return all;
}

}  // namespace

asio::awaitable<Result<void>> load_accounts(store::Registry& registry, Accounts& accounts) {
    auto users = co_await read_all<User>(registry, store::EntryKind::user);
    if (!users) co_return users.error();
    auto tokens = co_await read_all<Token>(registry, store::EntryKind::token);
    if (!tokens) co_return tokens.error();
    auto sessions = co_await read_all<Session>(registry, store::EntryKind::session);
    if (!sessions) co_return sessions.error();
    accounts.replace(*std::move(users), *std::move(tokens), *std::move(sessions));
    co_return Result<void>();
}

asio::awaitable<Result<void>> load_definitions(store::Registry& registry, Definitions& definitions,
                                               AssignmentBoard& board) {
    using store::EntryKind;
    auto probes = co_await read_all<ProbeDefinition>(registry, EntryKind::probe);
    if (!probes) co_return probes.error();
    auto measurements = co_await read_all<MeasurementDefinition>(registry, EntryKind::measurement);
    if (!measurements) co_return measurements.error();
    auto const former = co_await read_all<MeasurementName>(registry, EntryKind::former_measurement);
    if (!former) co_return former.error();
    board.add_former(*former);
    definitions.replace(*std::move(probes), *std::move(measurements));
    co_return Result<void>();
}

asio::awaitable<Result<std::optional<std::string>>> make_first_admin(
    store::Registry& registry, Accounts& accounts, async::WorkerPool& password_pool) {
    if (!accounts.users().empty()) co_return std::optional<std::string>();
    auto const password = make_password();
    auto hash = co_await async::offload(password_pool, [&] { return hash_password(password); });
    if (!hash) co_return hash.error();
    User user{.name = first_admin,
              .role = Role::admin,
              .password_hash = *std::move(hash),
              .created_at = wall_clock_now()};
    std::vector<store::RegistryChange> changes{
        {store::EntryKind::user, user.name, json::write(user)}};
    AuditEntry made;
    made.at = user.created_at;
    made.action = "create user";
    made.subject = user.name;
    std::vector<AuditEntry> audit{made};
    auto const kept = co_await registry.change(std::move(changes), std::move(audit));
    if (!kept) co_return kept.error();
    accounts.put(std::move(user));
    co_return std::optional<std::string>(password);
}

}  // namespace dtrace::master
