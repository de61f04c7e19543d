#include "names/sqlite_last_use.hpp"

#include "sqlite/sqlite_schema.hpp"

namespace dtrace::store {

namespace {

std::int64_t number_of(Shared kind) {
    return static_cast<std::int64_t>(kind);
}

}  // namespace

LastUse::LastUse(Database& database)
    : touch_(database.prepare("INSERT INTO last_use (kind, id, day) VALUES (?, ?, ?)"
                              " ON CONFLICT DO UPDATE SET day = excluded.day"
                              " WHERE day < excluded.day")),
      keep_(database.prepare("UPDATE last_use SET day = 9223372036854775807"
                             " WHERE kind = 0 AND id = ? AND day < 9223372036854775807")),
      unused_(database.prepare("SELECT id FROM last_use WHERE kind = ? AND day < ? LIMIT ?")),
      get_(database.prepare("SELECT day FROM last_use WHERE kind = ? AND id = ?")),
      remove_(database.prepare("DELETE FROM last_use WHERE kind = ? AND id = ?")) {}

void LastUse::touch(Shared kind, RowId id, std::int64_t started) {
    auto& known = known_.at(static_cast<std::size_t>(kind));
    auto const day = day_of(started);
    if (auto const* const before = known.find(id); before && *before >= day) return;
    touch_.bind(number_of(kind), id, day).run();
    known.put(id, day);
}

void LastUse::keep_for_ever(RowId path) {
    keep_.bind(path).run();
}

std::vector<RowId> LastUse::unused_since(Shared kind, std::int64_t day, std::size_t most) {
    std::vector<RowId> unused;
    unused_.bind(number_of(kind), day, static_cast<std::int64_t>(most));
    while (unused_.step())
        unused.push_back(unused_.integer(0));
    unused_.reset();
    return unused;
}

bool LastUse::is_used_since(Shared kind, RowId id, std::int64_t day) {
    bool const used = get_.bind(number_of(kind), id).step() && get_.integer(0) >= day;
    get_.reset();
    return used;
}

void LastUse::remove(Shared kind, RowId id) {
    remove_.bind(number_of(kind), id).run();
}

void LastUse::forget() {
    for (auto& known : known_)
        known.clear();
}

}  // namespace dtrace::store
