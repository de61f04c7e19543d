#pragma once

#include "rollup_record.hpp"
#include "sqlite_database.hpp"
#include "sqlite_names.hpp"

#include <dtrace/store/rollup.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace dtrace::store {

/// Reads roll-ups, on a reading connection.
class HistoryReader {
  public:
    HistoryReader(Database& database, Names& names);

    /// In the order of time; hours of which there is nothing to tell are left out.
    [[nodiscard]] std::vector<RollupAt> find(HistoryQuery const& query);

  private:
    struct Day {
        std::int64_t number = 0;
        Rollup rollup;
    };

    [[nodiscard]] std::vector<Day> days_of(RowId series, HistoryQuery const& query);
    void add_hours(RowId series, std::int64_t from, std::int64_t to, bool hops,
                   std::vector<RollupAt>& history);
    /// What is in the columns 1 and 2.
    [[nodiscard]] std::optional<Rollup> read(Statement const& row, bool hops);

    Database& database_;
    Names& names_;
    Statement series_;
    Statement hours_;
    Statement days_;
    Statement removed_before_;
};

}  // namespace dtrace::store
