#pragma once

#include "records/path_code.hpp"
#include "sqlite/sqlite_database.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

namespace dtrace::store {

/// Sums days up out of the roll-ups of their hours, and removes those that are too old. Each call
/// is one part of the writing transaction that is open.
class DayUpkeep {
  public:
    explicit DayUpkeep(Database& database);

    /// The roll-up of an hour is new, has changed, or will.
    void mark(RowId series, std::int64_t hour);
    /// Some of the days that are over, and all of whose hours have their roll-up; how many.
    [[nodiscard]] std::uint64_t roll_up(std::int64_t before_day, Unreadable& unreadable);

    /// Some of the hours of days before this, all of which have been summed up; how many.
    [[nodiscard]] std::uint64_t remove_hours(std::int64_t before_day);
    [[nodiscard]] bool is_removing() const { return removing_; }
    /// Whether what comes of this hour is too late: the hours of its day have been removed, so that
    /// nobody can tell which ones the roll-up of the day counts.
    [[nodiscard]] bool keeps_out(RowId series, std::int64_t hour);

    /// A transaction was undone.
    void forget();

  private:
    using Day = std::pair<std::int64_t, RowId>;  ///< number of the day, series

    void roll_up(Day const& day, Unreadable& unreadable);
    [[nodiscard]] bool is_removed(std::int64_t day);

    Database& database_;
    Statement mark_;
    Statement due_;
    Statement undue_;
    Statement hours_;
    Statement is_known_;
    Statement put_;
    Statement removed_before_;
    Statement set_removed_before_;
    Statement next_series_;
    Statement remove_;
    std::set<Day> marked_;                         ///< already in the table of what is due
    std::optional<std::int64_t> removing_before_;  ///< the day of the last call
    bool removing_ = false;                        ///< there are series left to look at …
    RowId removed_until_ = 0;                      ///< … after this one
};

}  // namespace dtrace::store
