#pragma once

#include "names/bounded_cache.hpp"
#include "records/path_code.hpp"
#include "sqlite/sqlite_database.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace dtrace::store {

/// What traces share and refer to by number. The numbers are in the database.
enum class Shared : std::uint8_t { path = 0, context = 1, error = 2 };

/// The table of the days in which the last trace that refers to something started: what is not of
/// a path in a roll-up, and older than every trace that is left, is referred to by nobody. Costs a
/// row's change once a day and thing. For the writing connection only.
class LastUse {
  public:
    explicit LastUse(Database& database);

    void touch(Shared kind, RowId id, std::int64_t started);
    /// A roll-up refers to this path, and stays.
    void keep_for_ever(RowId path);

    /// At most `most` that nothing used on `day` or later.
    [[nodiscard]] std::vector<RowId> unused_since(Shared kind, std::int64_t day, std::size_t most);
    [[nodiscard]] bool is_used_since(Shared kind, RowId id, std::int64_t day);
    void remove(Shared kind, RowId id);

    /// A transaction was undone.
    void forget();

  private:
    Statement touch_;
    Statement keep_;
    Statement unused_;
    Statement get_;
    Statement remove_;
    std::array<BoundedCache<RowId, std::int64_t>, 3> known_{
        BoundedCache<RowId, std::int64_t>{16 * mebibyte},
        BoundedCache<RowId, std::int64_t>{2 * mebibyte},
        BoundedCache<RowId, std::int64_t>{2 * mebibyte}};
};

/// A migration. What is there already is taken to be used by the newest trace; where there are
/// roll-ups, all paths are taken to be of one.
inline constexpr char const* last_use_table = R"sql(
    -- `kind`: 0 path, 1 context, 2 text of an error. `day`: in which the last trace that refers to
    -- it started, from 2030; the greatest number: a roll-up refers to it.
    CREATE TABLE last_use (
        kind INTEGER NOT NULL,
        id   INTEGER NOT NULL,
        day  INTEGER NOT NULL,
        PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX last_use_by_day ON last_use (kind, day);

    INSERT INTO last_use SELECT 0, id, iif(EXISTS (SELECT 1 FROM rollup), 9223372036854775807,
        (SELECT coalesce(max(started), 0) / 86400000000 FROM moment)) FROM path;
    INSERT INTO last_use SELECT 1, id,
        (SELECT coalesce(max(started), 0) / 86400000000 FROM moment) FROM context;
    INSERT INTO last_use SELECT 2, id,
        (SELECT coalesce(max(started), 0) / 86400000000 FROM moment) FROM text;
)sql";

}  // namespace dtrace::store
