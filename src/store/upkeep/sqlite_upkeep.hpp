#pragma once

#include "sqlite/sqlite_database.hpp"
#include "upkeep/sqlite_day_upkeep.hpp"
#include "upkeep/sqlite_hour_upkeep.hpp"
#include "upkeep/sqlite_sweep.hpp"

#include <dtrace/store/open_store.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace dtrace::store {

/// Sums hours and days up, removes what is too old, and then what nothing refers to any more. Each
/// call is one part of the writing transaction that is open, small enough for nobody to notice.
class Upkeep {
  public:
    Upkeep(Database& database, Dictionary& dictionary, LastUse& last_use);

    /// Whether a trace that may be new is to be stored. Not where traces of its hour have been
    /// removed: with their keys it is forgotten which ones the roll-up counts already.
    [[nodiscard]] bool takes(RowId series, std::int64_t started);
    /// A new trace: its hour is to be summed up, once it is over or again.
    void mark(RowId series, std::int64_t started) { hours_.mark(series, started); }
    /// A transaction was undone.
    void forget() {
        hours_.forget();
        sweep_.forget();
        days_.forget();
        removed_until_.reset();
        walked_ = before_all;
    }

    [[nodiscard]] UpkeepStep step(UpkeepRule const& rule, Timestamp now);

  private:
    [[nodiscard]] std::int64_t removed_until();
    using Moment = std::pair<std::int64_t, RowId>;  ///< a start, and the series
    static constexpr Moment before_all{INT64_MIN, 0};

    void remove(std::int64_t horizon, UpkeepStep& done);
    [[nodiscard]] std::int64_t remove_at(std::int64_t started, RowId series);
    [[nodiscard]] std::uint64_t remove_hours(Duration keep, Timestamp now);
    [[nodiscard]] std::optional<std::int64_t> oldest_day(Timestamp now);
    [[nodiscard]] bool is_too_large(UpkeepRule const& rule);
    [[nodiscard]] std::int64_t horizon_of(UpkeepRule const& rule, Timestamp now);

    Database& database_;
    DayUpkeep days_;
    HourUpkeep hours_;
    Sweep sweep_;
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
    std::optional<std::int64_t> removed_until_;  ///< as far as it is remembered
    Moment walked_ = before_all;                 ///< the last one that this pass has looked at
};

}  // namespace dtrace::store
