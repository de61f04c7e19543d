#include "upkeep/sqlite_day_upkeep.hpp"

#include "records/rollup_record.hpp"
#include "sqlite/sqlite_schema.hpp"

#include <string>
#include <vector>

namespace dtrace::store {

namespace {

constexpr std::int64_t most_days = 10;             // summed up in one step
constexpr std::int64_t most_series = 50;           // looked at in one step
constexpr std::int64_t most_removed = 500;         // hours of a series, in one step
constexpr std::size_t most_day_paths = 32;         // listed for one day
constexpr std::size_t most_marked_days = 200'000;  // remembered

/// All of whose hours have their roll-up.
constexpr auto due_days =
    "SELECT day, series FROM rollup_day_due AS d WHERE day < ? AND NOT EXISTS (SELECT 1 FROM"
    " (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14),"
    " (15), (16), (17), (18), (19), (20), (21), (22), (23)) AS of_day CROSS JOIN rollup_due AS h"
    " WHERE h.hour = d.day * 24 + of_day.column1 AND h.series = d.series)"
    " ORDER BY day, series LIMIT ?";

/// A day that is due needs all its hours.
constexpr auto remove_hours_of_days =
    "DELETE FROM rollup WHERE series = ?1 AND hour IN (SELECT hour FROM rollup AS h"
    " WHERE series = ?1 AND hour < ?2 AND NOT EXISTS (SELECT 1 FROM rollup_day_due"
    " WHERE day = (h.hour - (h.hour % 24 + 24) % 24) / 24 AND series = ?1) LIMIT ?3)";

std::int64_t day_of_hour(std::int64_t hour) {
    return hour >= 0 ? hour / hours_a_day : -((hours_a_day - 1 - hour) / hours_a_day);
}

}  // namespace

DayUpkeep::DayUpkeep(Database& database)
    : database_(database),
      mark_(database.prepare("INSERT INTO rollup_day_due (day, series) VALUES (?, ?)"
                             " ON CONFLICT DO NOTHING")),
      due_(database.prepare(due_days)),
      undue_(database.prepare("DELETE FROM rollup_day_due WHERE day = ? AND series = ?")),
      hours_(database.prepare("SELECT record, hops, hour FROM rollup"
                              " WHERE series = ? AND hour >= ? AND hour < ?")),
      is_known_(database.prepare("SELECT 1 FROM rollup_day WHERE series = ? AND day = ?")),
      put_(database.prepare("INSERT INTO rollup_day (series, day, record, hops)"
                            " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                            " record = excluded.record, hops = excluded.hops")),
      removed_before_(database.prepare("SELECT hours_removed_before FROM upkeep")),
      set_removed_before_(database.prepare("UPDATE upkeep SET hours_removed_before = ?")),
      next_series_(database.prepare("SELECT id FROM series WHERE id > ? ORDER BY id LIMIT ?")),
      remove_(database.prepare(remove_hours_of_days)) {}

void DayUpkeep::mark(RowId series, std::int64_t hour) {
    Day const day{day_of_hour(hour), series};
    if (marked_.contains(day)) return;
    if (marked_.size() >= most_marked_days) marked_.clear();
    mark_.bind(day.first, day.second).run();
    marked_.insert(day);
}

std::uint64_t DayUpkeep::roll_up(std::int64_t before_day, Unreadable& unreadable) {
    std::vector<Day> days;
    due_.bind(before_day, most_days);
    while (due_.step())
        days.emplace_back(due_.integer(0), due_.integer(1));
    due_.reset();
    for (auto const& day : days)
        roll_up(day, unreadable);
    return days.size();
}

void DayUpkeep::roll_up(Day const& day, Unreadable& unreadable) {
    auto const [number, series] = day;
    RollupRecord sum;
    hours_.bind(series, number * hours_a_day, (number + 1) * hours_a_day);
    while (hours_.step()) {
        if (auto const hour = read_rollup(hours_.blob(0), hours_.blob(1))) {
            sum.add(*hour);
            continue;
        }
        // One that cannot be read must not keep all the others for ever.
        database_.fail_as_damaged("rollup " + std::to_string(hours_.integer(2)) + " of series " +
                                  std::to_string(series));
        database_.leave_out_damage(unreadable);
    }
    hours_.reset();
    sum.leave_out_rare_paths(most_day_paths);
    auto const record = encode_rollup(sum);
    auto const hops = encode_hops(sum.rollup.hops);
    put_.bind(series, number, Blob{record}, Blob{hops}).run();
    undue_.bind(number, series).run();
    marked_.erase(day);
}

bool DayUpkeep::is_removed(std::int64_t day) {
    bool const removed = removed_before_.bind().step() && !removed_before_.is_null(0) &&
                         day < removed_before_.integer(0);
    removed_before_.reset();
    return removed;
}

bool DayUpkeep::keeps_out(RowId series, std::int64_t hour) {
    auto const day = day_of_hour(hour);
    if (!is_removed(day)) return false;
    bool const known = is_known_.bind(series, day).step();
    is_known_.reset();
    return known;
}

std::uint64_t DayUpkeep::remove_hours(std::int64_t before_day) {
    if (removing_before_ != before_day) {
        removing_before_ = before_day;
        removing_ = true;
        removed_until_ = 0;
        if (!is_removed(before_day - 1)) set_removed_before_.bind(before_day).run();
    }
    if (!removing_) return 0;
    std::vector<RowId> series;
    next_series_.bind(removed_until_, most_series);
    while (next_series_.step())
        series.push_back(next_series_.integer(0));
    next_series_.reset();
    std::int64_t removed = 0;
    for (RowId const id : series) {
        remove_.bind(id, before_day * hours_a_day, most_removed).run();
        removed += database_.changes();
        if (removed >= most_removed) break;
        removed_until_ = id;
    }
    removing_ = removed > 0 || !series.empty();
    return static_cast<std::uint64_t>(removed);
}

void DayUpkeep::forget() {
    marked_.clear();
    removing_before_.reset();
}

}  // namespace dtrace::store
