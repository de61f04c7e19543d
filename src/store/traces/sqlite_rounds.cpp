#include "traces/sqlite_rounds.hpp"

#include "records/round_columns.hpp"
#include "sqlite/sqlite_schema.hpp"

#include <string>
#include <utility>

namespace dtrace::store {

RoundReader::RoundReader(Database& database, Names& names)
    : database_(database),
      records_(database, names),
      series_(database.prepare("SELECT series.id FROM series"
                               " WHERE probe = (SELECT id FROM probe WHERE name = ?) AND"
                               " measurement = (SELECT id FROM measurement WHERE uuid = ?)")),
      rows_(database.prepare("SELECT started, id, record FROM trace"
                             " WHERE series = ? AND started >= ? AND started < ?"
                             " ORDER BY started, id LIMIT ?")) {}

RoundSeries RoundReader::find(RoundQuery const& query) {
    RowId series = 0;
    if (series_.bind(query.probe, Blob{bytes_of(query.measurement)}).step())
        series = series_.integer(0);
    series_.reset();
    RoundColumns columns;
    Unreadable unreadable;
    std::optional<Timestamp> next;
    auto behind_last = query.from;
    rows_.bind(series, to_database(query.from), to_database(query.to),
               std::int64_t{query.limit} + 1);
    for (std::uint32_t count = 0; rows_.step(); ++count) {
        if (count == query.limit) {  // the unreadable count too, so that the work is bounded
            next = behind_last;
            break;
        }
        RowKey const key{rows_.integer(0), series, std::string(rows_.blob(1))};
        auto const started_at = from_database(key.started);
        behind_last = started_at + microseconds(1);
        auto const id = unpack_id(key.id, started_at);
        if (!id) records_.fail_as_damaged(key);
        auto const round = records_.read(key, rows_.blob(2));
        if (id && round)
            columns.add(started_at, *id, *round);
        else
            database_.leave_out_damage(unreadable);
    }
    rows_.reset();
    auto found = std::move(columns).finish();
    found.next = next;
    found.unreadable = std::move(unreadable);
    return found;
}

}  // namespace dtrace::store
