#include "traces/sqlite_trace_writer.hpp"

#include "records/row_key.hpp"
#include "records/trace_record.hpp"
#include "sqlite/sqlite_schema.hpp"

#include <tuple>
#include <utility>

namespace dtrace::store {

TraceWriter::TraceWriter(Database& database, Dictionary& dictionary, LastUse& last_use,
                         Upkeep& upkeep)
    : database_(database),
      dictionary_(dictionary),
      last_use_(last_use),
      upkeep_(upkeep),
      insert_trace_(database.prepare("INSERT INTO trace (series, started, id, record)"
                                     " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")),
      insert_moment_(database.prepare("INSERT INTO moment (started, series) VALUES (?, ?)"
                                      " ON CONFLICT DO NOTHING")),
      latest_(database.prepare("INSERT INTO latest (series, started, id, record)"
                               " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                               " started = excluded.started, id = excluded.id,"
                               " record = excluded.record"
                               " WHERE (started, id) < (excluded.started, excluded.id)")),
      insert_other_id_(database.prepare("INSERT INTO other_id (id, series, started)"
                                        " VALUES (?, ?, ?) ON CONFLICT DO NOTHING")),
      increase_total_(database.prepare("UPDATE total SET traces = traces + ?")) {}

std::vector<Added> TraceWriter::add(std::vector<Trace> const& traces, SplitTraces const* split) {
    std::vector<SplitPath> const own = split ? std::vector<SplitPath>() : split_all(traces);
    auto paths = split ? split->paths() : std::span(own);
    NewestOf newest;
    std::vector<Added> outcomes;
    outcomes.reserve(traces.size());
    std::int64_t added = 0;
    for (Trace const& trace : traces) {
        outcomes.push_back(add(trace, paths.first(trace.paths.size()), newest));
        paths = paths.subspan(trace.paths.size());
        if (outcomes.back() == Added::stored) ++added;
    }
    for (auto const& [series, trace] : newest)
        latest_.bind(series, trace.started, Blob{trace.id}, Blob{trace.record}).run();
    if (added > 0) increase_total_.bind(added).run();
    return outcomes;
}

Added TraceWriter::add(Trace const& trace, std::span<SplitPath const> paths, NewestOf& newest) {
    auto const series = dictionary_.series(
        trace.probe, trace.measurement ? std::optional(trace.measurement->id) : std::nullopt);
    auto const started = to_database(trace.started_at);
    if (!upkeep_.takes(series, started)) return Added::too_late;
    auto id = pack_id(trace.id, trace.started_at);
    if (!tells_its_start(trace.id, trace.started_at)) {
        insert_other_id_.bind(Blob{id}, series, started).run();
        if (database_.changes() == 0) return Added::known;
    }
    auto record = record_of(trace, paths, started);
    insert_trace_.bind(series, started, Blob{id}, Blob{record}).run();
    if (database_.changes() == 0) return Added::known;
    insert_moment_.bind(started, series).run();
    if (auto const [last, first] = newest.try_emplace(series);
        first || std::tie(last->second.started, last->second.id) < std::tie(started, id))
        last->second = {started, std::move(id), std::move(record)};
    upkeep_.mark(series, started);
    return Added::stored;
}

std::string TraceWriter::record_of(Trace const& trace, std::span<SplitPath const> split,
                                   std::int64_t started) {
    auto const context = dictionary_.context(trace);
    last_use_.touch(Shared::context, context, started);
    std::vector<RecordedPath> paths;
    paths.reserve(split.size());
    for (SplitPath const& parts : split) {
        auto known = dictionary_.path(parts, context, trace.took_us);
        last_use_.touch(Shared::path, known.id, started);
        paths.push_back({known.id, std::move(known.first), &parts});
    }
    auto const error = trace.error ? dictionary_.number_of(*trace.error) : 0;
    if (error != 0) last_use_.touch(Shared::error, error, started);
    return encode_record(trace, context, error, paths);
}

}  // namespace dtrace::store
