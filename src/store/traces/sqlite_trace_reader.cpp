#include "traces/sqlite_trace_reader.hpp"

#include "sqlite/log_check.hpp"
#include "sqlite/sqlite_schema.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace dtrace::store {

namespace {

RowRange range_of(TraceQuery const& query, std::optional<RowKey> const& after) {
    // Before everything that started at `to`, or, with no end, after everything there can be.
    RowRange range{.before = {INT64_MAX, INT64_MAX, id_beyond_all()}, .limit = query.limit};
    if (query.to) range.before = {to_database(*query.to), -1, ""};
    if (after && *after < range.before) range.before = *after;
    if (query.from) range.from = to_database(*query.from);
    return range;
}

LatestRange latest_range_of(TraceQuery const& query, std::optional<RowKey> const& after) {
    LatestRange range{.limit = query.limit};
    if (after) range.after = after->series;
    if (query.from) range.from = to_database(*query.from);
    if (query.to) range.to = to_database(*query.to);
    return range;
}

}  // namespace

TraceReader::TraceReader(Database& database, Names& names)
    : database_(database),
      names_(names),
      records_(database, names),
      newest_first_(database),
      series_of_probe_(database.prepare("SELECT series.id FROM probe JOIN series"
                                        " ON series.probe = probe.id WHERE probe.name = ?")),
      series_of_measurement_(
          database.prepare("SELECT series.id FROM measurement JOIN series"
                           " ON series.measurement = measurement.id WHERE measurement.uuid = ?")),
      series_of_both_(
          database.prepare("SELECT series.id FROM series"
                           " WHERE probe = (SELECT id FROM probe WHERE name = ?) AND"
                           " measurement = (SELECT id FROM measurement WHERE uuid = ?)")),
      by_moment_(database.prepare("SELECT m.started, m.series, t.id, t.record FROM moment AS m"
                                  " CROSS JOIN trace AS t"
                                  " ON t.series = m.series AND t.started = m.started AND t.id = ?3"
                                  " WHERE m.started BETWEEN ?1 AND ?2 LIMIT 1")),
      by_other_id_(database.prepare("SELECT t.started, t.series, t.id, t.record FROM other_id AS o"
                                    " CROSS JOIN trace AS t ON t.series = o.series"
                                    " AND t.started = o.started AND t.id = o.id"
                                    " WHERE o.id = ? LIMIT 1")),
      total_(database.prepare("SELECT traces, (SELECT page_count * page_size"
                              " FROM pragma_page_count(), pragma_page_size()) FROM total")) {}

TracePage TraceReader::find(TraceQuery const& query, std::optional<RowKey> const& after) {
    auto rows = query.latest ? latest_of(query, after) : rows_of(query, after);
    TracePage page;
    if (rows.size() > query.limit) {
        rows.pop_back();
        page.next = write_cursor(rows.back().key);
    }
    decode(rows, page);
    return page;
}

/// One after the other in the order of their paths, which lie beside each other with what they
/// refer to: a disk that must be asked gives neighbours together.
void TraceReader::decode(std::vector<TraceRow> const& rows, TracePage& page) {
    std::vector<std::pair<RowId, std::size_t>> by_path;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const header = decode_header(rows[i].record);
        bool const has_path = header && !header->paths.empty();
        by_path.emplace_back(has_path ? header->paths.front() : 0, i);
    }
    std::ranges::sort(by_path);
    std::vector<std::optional<Trace>> in_place(rows.size());
    for (auto const& [path, i] : by_path) {
        in_place[i] = decode(rows[i]);
        if (!in_place[i]) database_.leave_out_damage(page.unreadable);
    }
    page.traces.reserve(rows.size());
    for (auto& trace : in_place)
        if (trace) page.traces.push_back(*std::move(trace));
}

// One row more than a page has tells whether there is another one.

std::vector<TraceRow> TraceReader::rows_of(TraceQuery const& query,
                                           std::optional<RowKey> const& after) {
    auto range = range_of(query, after);
    ++range.limit;
    if (!query.probe && !query.measurement) return newest_first_.of_all(range);
    return newest_first_.of(series_of(query), range);
}

std::vector<TraceRow> TraceReader::latest_of(TraceQuery const& query,
                                             std::optional<RowKey> const& after) {
    auto range = latest_range_of(query, after);
    ++range.limit;
    if (!query.probe && !query.measurement) return newest_first_.latest(range);
    return newest_first_.latest(series_of(query), range);
}

std::optional<Trace> TraceReader::get(Uuid const& id) {
    auto const row = row_of(id);
    return row ? decode(*row) : std::nullopt;
}

TraceCounts TraceReader::counts() {
    TraceCounts counts;
    if (total_.bind().step()) {
        counts.traces = static_cast<std::uint64_t>(total_.integer(0));
        counts.bytes = static_cast<std::uint64_t>(total_.integer(1));
    }
    total_.reset();
    std::error_code none;
    auto const log = std::filesystem::file_size(log_of(database_.file()), none);
    if (!none) counts.bytes += log;
    return counts;
}

std::vector<RowId> TraceReader::series_of(TraceQuery const& query) {
    std::vector<RowId> series;
    auto const take_all = [&](Statement& statement) {
        while (statement.step())
            series.push_back(statement.integer(0));
    };
    if (query.probe && query.measurement)
        take_all(series_of_both_.bind(*query.probe, Blob{bytes_of(*query.measurement)}));
    else if (query.probe)
        take_all(series_of_probe_.bind(*query.probe));
    else
        take_all(series_of_measurement_.bind(Blob{bytes_of(*query.measurement)}));
    return series;
}

std::optional<TraceRow> TraceReader::row_of(Uuid const& id) {
    auto const row_at = [](Statement& statement) -> std::optional<TraceRow> {
        if (!statement.step()) return std::nullopt;
        TraceRow row{{statement.integer(0), statement.integer(1), std::string(statement.blob(2))},
                     std::string(statement.blob(3))};
        statement.reset();
        return row;
    };
    // A uuid made at the start says in which millisecond to look; the others are listed.
    auto const told = start_told_by(id);
    auto const first = to_database(told);
    auto const packed = pack_id(id, told);
    if (auto row = row_at(by_moment_.bind(first, first + 999, Blob{packed}))) return row;
    return row_at(by_other_id_.bind(Blob{bytes_of(id)}));
}

std::optional<Trace> TraceReader::decode(TraceRow const& row) {
    auto const damaged = [&]() -> std::optional<Trace> {
        records_.fail_as_damaged(row.key);
        return std::nullopt;
    };
    Trace trace;
    trace.started_at = from_database(row.key.started);
    auto const id = unpack_id(row.key.id, trace.started_at);
    if (!id) return damaged();
    trace.id = *id;
    auto record = records_.read(row.key, row.record);
    if (!record) return std::nullopt;
    RowId const own_context = record->header.context;
    if (own_context == 0 && record->paths.empty()) return damaged();

    auto series = names_.series(row.key.series);
    auto context = names_.context(own_context != 0 ? own_context : record->paths.front()->context);
    if (series.measurement)
        trace.measurement = {*series.measurement, context.measurement_name.value_or("")};
    trace.probe = std::move(series.probe);
    trace.target = std::move(context.target);
    trace.source = context.source;
    trace.method = context.method;
    if (auto const error = record->header.error; error != 0) trace.error = names_.text_of(error);
    if (database_.failed()) return std::nullopt;
    join(std::move(record->samples), record->paths, trace);
    return trace;
}

}  // namespace dtrace::store
