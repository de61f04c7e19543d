#include "traces/sqlite_history.hpp"

#include "sqlite/sqlite_schema.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace dtrace::store {

namespace {

Rollup::Hops hops_of(Path const& path) {
    Rollup::Hops hops;
    for (Hop const& hop : path.hops)
        hops.push_back(hop.answers.empty() ? std::nullopt
                                           : std::optional(hop.answers.front().from));
    return hops;
}

/// The first hour, or day, that starts at `time` or later.
std::int64_t hour_from(Timestamp time) {
    auto const started = to_database(time);
    auto const hour = hour_of(started);
    return hour * hour_us == started ? hour : hour + 1;
}
std::int64_t day_from(Timestamp time) {
    auto const started = to_database(time);
    auto const day = day_of(started);
    return day * day_us == started ? day : day + 1;
}

}  // namespace

HistoryReader::HistoryReader(Database& database, Names& names)
    : database_(database),
      names_(names),
      series_(database.prepare("SELECT series.id FROM series"
                               " WHERE probe = (SELECT id FROM probe WHERE name = ?) AND"
                               " measurement = (SELECT id FROM measurement WHERE uuid = ?)")),
      hours_(database.prepare("SELECT hour, record, hops FROM rollup"
                              " WHERE series = ? AND hour >= ? AND hour < ? ORDER BY hour")),
      days_(database.prepare("SELECT day, record, hops FROM rollup_day"
                             " WHERE series = ? AND day >= ? AND day < ? ORDER BY day")),
      removed_before_(database.prepare("SELECT coalesce(hours_removed_before, ?) FROM upkeep")) {}

History HistoryReader::find(HistoryQuery const& query) {
    History history;
    RowId series = 0;
    if (series_.bind(query.probe, Blob{bytes_of(query.measurement)}).step())
        series = series_.integer(0);
    series_.reset();
    auto hour = hour_from(query.from);
    if (query.days)
        for (auto& day : days_of(series, query, history.unreadable)) {
            auto const begin = day.number * hours_a_day;
            add_hours(series, hour, begin, query.hops, history);
            history.rollups.push_back({from_database(day.number * day_us), std::move(day.rollup)});
            hour = begin + hours_a_day;
        }
    add_hours(series, hour, hour_from(query.to), query.hops, history);
    return history;
}

std::vector<HistoryReader::Day> HistoryReader::days_of(RowId series, HistoryQuery const& query,
                                                       Unreadable& unreadable) {
    auto const first = day_from(query.from);
    auto const end = to_database(query.to);
    auto const removed_before =
        removed_before_.bind(INT64_MIN).step() ? removed_before_.integer(0) : INT64_MIN;
    removed_before_.reset();
    std::vector<Day> days;
    days_.bind(series, first, day_from(query.to));
    while (days_.step()) {
        auto const number = days_.integer(0);
        bool const is_whole = number < day_of(end);
        if (!is_whole && number >= removed_before) continue;
        if (auto rollup = read(days_, query.hops, unreadable))
            days.push_back({number, *std::move(rollup)});
    }
    days_.reset();
    return days;
}

void HistoryReader::add_hours(RowId series, std::int64_t from, std::int64_t to, bool hops,
                              History& history) {
    if (from >= to) return;
    hours_.bind(series, from, to);
    while (hours_.step()) {
        if (auto rollup = read(hours_, hops, history.unreadable))
            history.rollups.push_back(
                {from_database(hours_.integer(0) * hour_us), *std::move(rollup)});
    }
    hours_.reset();
}

std::optional<Rollup> HistoryReader::read(Statement const& row, bool hops, Unreadable& unreadable) {
    auto record = read_rollup(row.blob(1), hops ? row.blob(2) : std::string_view());
    if (!record) {
        database_.fail_as_damaged("roll-up of hour or day " + std::to_string(row.integer(0)));
        database_.leave_out_damage(unreadable);
        return std::nullopt;
    }
    Unreadable paths;
    for (auto const& [path_row, times] : record->paths) {
        if (auto const path = names_.path(path_row)) {
            record->rollup.paths[hops_of(path->shape)] += times;
        } else {
            record->rollup.other_paths += times;
            database_.leave_out_damage(paths);
        }
    }
    if (database_.failed()) return std::nullopt;
    if (paths.reason) {
        ++unreadable.count;
        unreadable.reason = std::move(paths.reason);
    }
    return std::move(record->rollup);
}

}  // namespace dtrace::store
