#include "entries/sqlite_registry.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <string>

namespace dtrace::store {

namespace {

constexpr std::int64_t kept_audit_entries = 100'000;

}  // namespace

std::vector<RegistryEntry> read_entries(Database& database, EntryKind kind) {
    std::vector<RegistryEntry> entries;
    auto rows =
        database.prepare("SELECT key, content FROM registry_entry WHERE kind = ? ORDER BY key");
    std::string_view const name = to_text(kind);
    for (rows.bind(name); rows.step();)
        entries.push_back({std::string(rows.text(0)), std::string(rows.text(1))});
    return entries;
}

AuditPage read_audit(Database& database, AuditQuery const& query) {
    AuditPage page;
    auto rows = database.prepare(
        "SELECT id, content FROM audit_entry WHERE id < ? ORDER BY id DESC LIMIT ?");
    auto const before =
        query.before ? static_cast<std::int64_t>(std::min<std::uint64_t>(*query.before, INT64_MAX))
                     : INT64_MAX;
    rows.bind(before, std::int64_t{query.limit} + 1);
    std::uint64_t last = 0;  // a damaged row too takes its place in the page
    for (std::uint32_t count = 0; rows.step(); ++count) {
        if (count == query.limit) {
            page.next = last;
            break;
        }
        last = static_cast<std::uint64_t>(rows.integer(0));
        auto entry = json::read<AuditEntry>(rows.text(1), json::UnknownKeys::ignore);
        if (entry) {
            entry->id = last;
            page.entries.push_back(*std::move(entry));
        } else {
            database.fail_as_damaged("audit log: " + entry.error().text());
            database.leave_out_damage(page.unreadable);
        }
    }
    return page;
}

void change_entries(Database& database, std::vector<RegistryChange> const& changes,
                    std::vector<AuditEntry> const& audit) {
    auto put = database.prepare(
        "INSERT INTO registry_entry (kind, key, content) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET content = excluded.content");
    auto remove = database.prepare("DELETE FROM registry_entry WHERE kind = ? AND key = ?");
    for (auto const& [kind, key, content] : changes) {
        std::string_view const name = to_text(kind);
        if (content)
            put.bind(name, key, *content).run();
        else
            remove.bind(name, key).run();
    }
    auto note = database.prepare("INSERT INTO audit_entry (content) VALUES (?)");
    for (auto const& entry : audit)
        note.bind(json::write(entry)).run();
    if (audit.empty()) return;
    auto forget = database.prepare("DELETE FROM audit_entry WHERE id <= ?");
    forget.bind(database.last_row_id() - kept_audit_entries).run();
}

}  // namespace dtrace::store
