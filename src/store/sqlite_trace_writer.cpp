#include "sqlite_trace_writer.hpp"

#include "row_key.hpp"
#include "sqlite_schema.hpp"
#include "trace_record.hpp"

namespace dtrace::store {

using Blob = Statement::Blob;

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

std::vector<bool> TraceWriter::add(std::vector<Trace> const& traces) {
    std::vector<bool> fresh;
    fresh.reserve(traces.size());
    std::int64_t added = 0;
    for (Trace const& trace : traces) {
        fresh.push_back(add(trace));
        if (fresh.back()) ++added;
    }
    if (added > 0) increase_total_.bind(added).run();
    return fresh;
}

bool TraceWriter::add(Trace const& trace) {
    auto const series = dictionary_.series(
        trace.probe, trace.measurement ? std::optional(trace.measurement->id) : std::nullopt);
    auto const started = to_database(trace.started_at);
    if (!upkeep_.takes(series, started)) return false;
    auto const id = pack_id(trace.id, trace.started_at);
    if (!tells_its_start(trace.id, trace.started_at)) {
        insert_other_id_.bind(Blob{id}, series, started).run();
        if (database_.changes() == 0) return false;
    }
    auto const record = record_of(trace, started);
    insert_trace_.bind(series, started, Blob{id}, Blob{record}).run();
    if (database_.changes() == 0) return false;
    insert_moment_.bind(started, series).run();
    latest_.bind(series, started, Blob{id}, Blob{record}).run();
    upkeep_.mark(series, started);
    return true;
}

std::string TraceWriter::record_of(Trace const& trace, std::int64_t started) {
    auto const context = dictionary_.context(trace);
    last_use_.touch(Shared::context, context, started);
    std::vector<RecordedPath> paths;
    paths.reserve(trace.paths.size());
    for (Path const& path : trace.paths) {
        auto parts = split(path);
        auto known = dictionary_.path(parts, context, trace.took_us);
        last_use_.touch(Shared::path, known.id, started);
        paths.push_back({known.id, std::move(known.first), std::move(parts)});
    }
    auto const error = trace.error ? dictionary_.number_of(*trace.error) : 0;
    if (error != 0) last_use_.touch(Shared::error, error, started);
    return encode_record(trace, context, error, paths);
}

}  // namespace dtrace::store
