#include "sqlite_history.hpp"

#include "rollup_record.hpp"
#include "sqlite_schema.hpp"
#include "sqlite_upkeep.hpp"

#include <string>

namespace dtrace::store {

namespace {

Rollup::Hops hops_of(Path const& path) {
    Rollup::Hops hops;
    for (Hop const& hop : path.hops)
        hops.push_back(hop.answers.empty() ? std::nullopt
                                           : std::optional(hop.answers.front().from));
    return hops;
}

/// The first hour that starts at `time` or later.
std::int64_t hour_from(Timestamp time) {
    auto const started = to_database(time);
    auto const hour = hour_of(started);
    return hour * hour_us == started ? hour : hour + 1;
}

}  // namespace

HistoryReader::HistoryReader(Database& database)
    : database_(database),
      names_(database),
      rows_(database.prepare(
          "SELECT hour, record FROM rollup WHERE series = (SELECT series.id FROM series"
          " WHERE probe = (SELECT id FROM probe WHERE name = ?) AND"
          " measurement = (SELECT id FROM measurement WHERE uuid = ?))"
          " AND hour >= ? AND hour < ? ORDER BY hour")) {}

std::vector<HourlyRollup> HistoryReader::find(HistoryQuery const& query) {
    std::vector<HourlyRollup> history;
    std::string_view const uuid(reinterpret_cast<char const*>(query.measurement.bytes.data()),
                                query.measurement.bytes.size());
    rows_.bind(query.probe, Statement::Blob{uuid}, hour_from(query.from), hour_from(query.to));
    while (rows_.step()) {
        auto record = decode_rollup(rows_.blob(1));
        if (!record) {
            database_.fail_as_damaged("roll-up of hour " + std::to_string(rows_.integer(0)));
            break;
        }
        HourlyRollup hour{from_database(rows_.integer(0) * hour_us), std::move(record->rollup)};
        for (auto const& [row, times] : record->paths)
            if (auto const path = names_.path(row))
                hour.rollup.paths[hops_of(path->shape)] += times;
        history.push_back(std::move(hour));
    }
    rows_.reset();
    return history;
}

}  // namespace dtrace::store
