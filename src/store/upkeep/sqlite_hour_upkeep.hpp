#pragma once

#include "names/sqlite_last_use.hpp"
#include "records/rollup_record.hpp"
#include "records/row_key.hpp"
#include "sqlite/sqlite_database.hpp"
#include "upkeep/sqlite_day_upkeep.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace dtrace::store {

class RecordReader;

/// Sums up the hours of each series that are over. A pass goes once through what is due: what comes
/// for an hour that it has done is for the next pass, so that traces which keep coming for the past
/// are not all read again for each of them. A step reads a bounded number of traces, if need be a
/// part of an hour. Of an hour that is due, no trace may have been removed.
class HourUpkeep {
  public:
    using Hour = std::pair<std::int64_t, RowId>;  ///< its number since 2030, and the series

    HourUpkeep(Database& database, LastUse& last_use, DayUpkeep& days);

    /// A new trace: its hour is to be summed up, once it is over or again.
    void mark(RowId series, std::int64_t started);
    [[nodiscard]] bool is_due(Hour const& hour);

    void begin_pass() {
        passed_ = before_all;
        ++pass_;
    }
    struct Step {
        std::uint64_t hours = 0;  ///< that have their roll-up
        bool more = false;        ///< this pass goes on
    };
    /// Of the hours before `closed_hour` nothing is taken once they have their roll-up: what came
    /// of one since the pass began may go on coming, and if there is patience it waits for the next
    /// pass, but not for ever.
    [[nodiscard]] Step step(std::int64_t before_hour, std::int64_t closed_hour, bool patient,
                            Unreadable& unreadable);

    [[nodiscard]] bool is_known(Hour const& hour);

    /// A transaction was undone.
    void forget();

  private:
    static constexpr Hour before_all{INT64_MIN, 0};

    [[nodiscard]] std::vector<Hour> due_between(Hour const& last, std::int64_t hour,
                                                std::size_t most);
    [[nodiscard]] bool may_go_on(Hour const& hour) const;
    /// All that is due waits once more, as after a start.
    void forget_marks();
    /// It is no longer due.
    void put(Hour const& hour, RollupRecord record);
    /// An hour of which a part is summed up.
    struct Part {
        Hour hour;
        RollupRecord record;
        std::int64_t from = 0;   ///< traces that started before this are in it
        bool is_behind = false;  ///< one of them came since
    };
    /// The next traces of it, at least `most` of them if there are so many; returns how many.
    std::size_t add(Part& part, std::size_t most, RecordReader& reader, Unreadable& unreadable);

    Database& database_;
    LastUse& last_use_;
    DayUpkeep& days_;
    Statement mark_;
    Statement due_;
    Statement is_due_;
    Statement undue_;
    Statement rows_;
    Statement is_known_;
    Statement put_;
    struct Passes {
        std::uint64_t first = 0;  ///< in which a trace came
        std::uint64_t last = 0;
    };
    std::map<Hour, Passes> marked_;  ///< known to be due
    std::uint64_t pass_ = 0;
    Hour passed_ = before_all;  ///< the last one that this pass has done
    std::optional<Part> part_;
};

}  // namespace dtrace::store
