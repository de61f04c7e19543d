#pragma once

#include "sqlite/sqlite_database.hpp"

#include <dtrace/store/registry.hpp>

#include <vector>

namespace dtrace::store {

// The tables of the registry. Results are meaningless if the database has failed.

[[nodiscard]] std::vector<RegistryEntry> read_entries(Database& database, EntryKind kind);
[[nodiscard]] AuditPage read_audit(Database& database, AuditQuery const& query);

/// Within a transaction.
void change_entries(Database& database, std::vector<RegistryChange> const& changes,
                    std::vector<AuditEntry> const& audit);

}  // namespace dtrace::store
