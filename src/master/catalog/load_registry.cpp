#include "catalog/load_registry.hpp"

#include "accounts/password_hash.hpp"
#include "accounts/secrets.hpp"

#include <dtrace/json/write.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

constexpr auto first_admin = "admin";

/// All of them or none: nobody is to log in by half of it.
template <class T>
asio::awaitable<Result<std::vector<T>>> read_all(store::Registry& registry, store::EntryKind kind) {
    auto found = co_await read_entries<T>(registry, kind);
    if (!found) co_return found.error();
    if (found->damage) co_return *std::move(found->damage);
    co_return std::move(found->readable);
}

/// Traces of those that cannot be read are welcome still; their names are not known. Each may have
/// been a mesh of any of these probes.
void add_damaged(AssignmentBoard& board, std::vector<std::string> const& keys,
                 std::vector<std::string> const& probes = {}) {
    std::vector<MeasurementName> known;
    for (auto const& key : keys) {
        auto const id = parse<Uuid>(key);
        if (!id) continue;
        MeasurementName const measurement{.id = *id, .name = key};
        known.push_back(measurement);
        for (auto const& probe : probes)
            known.push_back(mesh_part(measurement, probe));
    }
    board.add_former(known);
}

/// A probe that cannot be read is measured by others; in which meshes, is not known.
void add_parts_of_damaged(AssignmentBoard& board, std::vector<Measurement> const& measurements,
                          std::vector<std::string> const& probes) {
    std::vector<MeasurementName> parts;
    for (auto const& each : measurements)
        if (each.mesh)
            for (auto const& probe : probes)
                parts.push_back(mesh_part({.id = each.id, .name = each.name}, probe));
    board.add_former(parts);
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

asio::awaitable<Result<std::vector<DamagedEntry>>> load_definitions(store::Store& store,
                                                                    Definitions& definitions,
                                                                    AssignmentBoard& board) {
    using store::EntryKind;
    auto probes = co_await read_what_can_be<ProbeDefinition>(store, EntryKind::probe);
    if (!probes) co_return probes.error();
    auto measurements =
        co_await read_what_can_be<MeasurementDefinition>(store, EntryKind::measurement);
    if (!measurements) co_return measurements.error();
    auto former = co_await read_what_can_be<MeasurementName>(store, EntryKind::former_measurement);
    if (!former) co_return former.error();
    board.add_former(former->readable);
    add_damaged(board, former->damaged);
    definitions.replace(std::move(probes->readable), std::move(measurements->readable));
    auto names = definitions.probe_names();
    names.insert(names.end(), probes->damaged.begin(), probes->damaged.end());
    add_damaged(board, measurements->damaged, names);
    add_parts_of_damaged(board, definitions.measurements(), probes->damaged);
    auto damaged = damaged_of(EntryKind::probe, probes->damaged);
    std::ranges::move(damaged_of(EntryKind::measurement, measurements->damaged),
                      std::back_inserter(damaged));
    std::ranges::move(damaged_of(EntryKind::former_measurement, former->damaged),
                      std::back_inserter(damaged));
    co_return damaged;
}

void note_damaged(std::vector<DamagedEntry> const& entries, Definitions& definitions, Logger& log) {
    for (auto const& [kind, key] : entries) {
        log.error("an entry of the database is left out, as it is damaged",
                  {{"kind", to_text(kind)}, {"key", key}});
        auto const id = parse<Uuid>(key);
        if (id && kind != store::EntryKind::probe) definitions.add_damaged(*id, kind);
    }
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
