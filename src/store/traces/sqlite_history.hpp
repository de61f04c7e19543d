#pragma once

#include "names/sqlite_names.hpp"
#include "records/rollup_record.hpp"
#include "sqlite/sqlite_database.hpp"

#include <dtrace/store/rollup.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace dtrace::store {

/// Reads roll-ups, on a reading connection.
class HistoryReader {
  public:
    HistoryReader(Database& database, Names& names);

    /// Hours of which there is nothing to tell are left out.
    [[nodiscard]] History find(HistoryQuery const& query);

  private:
    struct Day {
        std::int64_t number = 0;
        Rollup rollup;
    };

    [[nodiscard]] std::vector<Day> days_of(RowId series, HistoryQuery const& query,
                                           Unreadable& unreadable);
    void add_hours(RowId series, std::int64_t from, std::int64_t to, bool hops, History& history);
    /// What is in the columns 1 and 2. A path that cannot be read is one of the other paths.
    [[nodiscard]] std::optional<Rollup> read(Statement const& row, bool hops,
                                             Unreadable& unreadable);

    Database& database_;
    Names& names_;
    Statement series_;
    Statement hours_;
    Statement days_;
    Statement removed_before_;
};

}  // namespace dtrace::store
