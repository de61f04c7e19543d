#pragma once

#include "rollup_record.hpp"
#include "sqlite_database.hpp"
#include "sqlite_day_upkeep.hpp"
#include "sqlite_sweep.hpp"

#include <dtrace/store/open_store.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

namespace dtrace::store {

class RecordReader;

/// Sums hours and days up, removes what is too old, and then what nothing refers to any more. Each
/// call is one part of the writing transaction that is open, small enough for nobody to notice.
class Upkeep {
  public:
    Upkeep(Database& database, Dictionary& dictionary, LastUse& last_use);

    /// Whether a trace that may be new is to be stored. Not where traces of its hour have been
    /// removed: with their keys it is forgotten which ones the roll-up counts already.
    [[nodiscard]] bool takes(RowId series, std::int64_t started);
    /// A new trace: its hour is to be summed up, once it is over or again.
    void mark(RowId series, std::int64_t started);
    /// A transaction was undone.
    void forget() {
        marked_.clear();
        sweep_.forget();
        days_.forget();
    }

    [[nodiscard]] UpkeepStep step(UpkeepRule const& rule, Timestamp now);

  private:
    using Hour = std::pair<std::int64_t, RowId>;  ///< number of the hour, series

    [[nodiscard]] bool is_expired(std::int64_t hour);
    [[nodiscard]] std::uint64_t roll_up(std::int64_t before_hour);
    void roll_up(Hour const& hour, RecordReader& reader);
    [[nodiscard]] RollupRecord sum(Hour const& hour, RecordReader& reader);
    [[nodiscard]] std::uint64_t remove(std::int64_t horizon);
    void remove_at(std::int64_t started, RowId series);
    [[nodiscard]] std::uint64_t remove_hours(Duration keep, Timestamp now);
    [[nodiscard]] std::optional<std::int64_t> oldest_day(Timestamp now);
    [[nodiscard]] std::int64_t horizon_of(UpkeepRule const& rule, Timestamp now);

    Database& database_;
    LastUse& last_use_;
    Sweep sweep_;
    DayUpkeep days_;
    Statement mark_;
    Statement due_;
    Statement undue_;
    Statement rows_;
    Statement get_;
    Statement put_;
    Statement oldest_;
    Statement ids_;
    Statement remove_traces_;
    Statement remove_moment_;
    Statement remove_latest_;
    Statement remove_other_id_;
    Statement decrease_total_;
    Statement removed_before_;
    Statement set_removed_before_;
    Statement used_;
    std::optional<Error> unreadable_;  ///< in this step
    std::set<Hour> marked_;            ///< already in the table of what is due
};

}  // namespace dtrace::store
