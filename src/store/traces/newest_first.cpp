#include "traces/newest_first.hpp"

#include <algorithm>
#include <queue>
#include <utility>

namespace dtrace::store {

namespace {

TraceRow row_of(Statement const& row) {
    return {{row.integer(0), row.integer(1), std::string(row.blob(2))}, std::string(row.blob(3))};
}

}  // namespace

NewestFirst::NewestFirst(Database& database)
    : of_series_(database.prepare("SELECT started, id, record FROM trace"
                                  " WHERE series = ?1 AND (started, id) < (?2, ?3)"
                                  " AND started >= ?4"
                                  " ORDER BY started DESC, id DESC LIMIT ?5")),
      moments_(database.prepare("SELECT started, series FROM moment"
                                " WHERE (started, series) <= (?, ?) AND started >= ?"
                                " ORDER BY started DESC, series DESC")),
      of_moment_(database.prepare("SELECT id, record FROM trace"
                                  " WHERE series = ? AND started = ? AND id < ?"
                                  " ORDER BY id DESC")),
      latest_(database.prepare("SELECT started, series, id, record FROM latest"
                               " WHERE series > ? AND started >= ? AND started < ?"
                               " ORDER BY series LIMIT ?")),
      latest_of_series_(database.prepare("SELECT started, series, id, record FROM latest"
                                         " WHERE series = ? AND started >= ? AND started < ?")) {}

// Two statements, because in a join SQLite would look for the moment's traces by the range of times
// instead of by the time.
std::vector<TraceRow> NewestFirst::of_all(RowRange const& range) {
    std::vector<TraceRow> rows;
    auto const all_ids = id_beyond_all();
    auto const& before = range.before;
    moments_.bind(before.started, before.series, range.from);
    while (rows.size() < range.limit && moments_.step()) {
        auto const started = moments_.integer(0);
        auto const series = moments_.integer(1);
        bool const at_limit = started == before.started && series == before.series;
        of_moment_.bind(series, started, Blob{at_limit ? before.id : all_ids});
        while (rows.size() < range.limit && of_moment_.step())
            rows.push_back({{started, series, std::string(of_moment_.blob(0))},
                            std::string(of_moment_.blob(1))});
        of_moment_.reset();
    }
    moments_.reset();
    return rows;
}

void NewestFirst::refill(Stream& stream, RowRange const& range, std::size_t count) {
    auto const& before = stream.before;
    of_series_.bind(stream.series, before.started, Blob{before.id}, range.from,
                    static_cast<std::int64_t>(count));
    while (of_series_.step())
        stream.rows.push_back(
            {{of_series_.integer(0), stream.series, std::string(of_series_.blob(1))},
             std::string(of_series_.blob(2))});
    stream.exhausted = stream.rows.size() < count;
    if (!stream.rows.empty()) stream.before = stream.rows.back().key;
}

std::vector<TraceRow> NewestFirst::of(std::span<RowId const> series, RowRange const& range) {
    if (series.empty()) return {};
    auto const batch = std::max<std::size_t>(range.limit / series.size(), 1);
    std::vector<Stream> streams;
    streams.reserve(series.size());
    auto const older = [](Stream const* a, Stream const* b) {
        return a->rows.front().key < b->rows.front().key;
    };
    std::priority_queue<Stream*, std::vector<Stream*>, decltype(older)> by_newest(older);
    for (RowId const id : series) {
        Stream& stream = streams.emplace_back();
        stream.series = id;
        stream.before.started = range.before.started;
        if (id < range.before.series) stream.before.id = id_beyond_all();
        if (id == range.before.series) stream.before.id = range.before.id;
        refill(stream, range, batch);
        if (!stream.rows.empty()) by_newest.push(&stream);
    }
    std::vector<TraceRow> result;
    while (!by_newest.empty() && result.size() < range.limit) {
        Stream* const stream = by_newest.top();
        by_newest.pop();
        result.push_back(std::move(stream->rows.front()));
        stream->rows.pop_front();
        if (stream->rows.empty() && !stream->exhausted) refill(*stream, range, batch);
        if (!stream->rows.empty()) by_newest.push(stream);
    }
    return result;
}

std::vector<TraceRow> NewestFirst::latest(LatestRange const& range) {
    std::vector<TraceRow> rows;
    latest_.bind(range.after, range.from, range.to, static_cast<std::int64_t>(range.limit));
    while (latest_.step())
        rows.push_back(row_of(latest_));
    latest_.reset();
    return rows;
}

std::vector<TraceRow> NewestFirst::latest(std::vector<RowId> series, LatestRange const& range) {
    std::ranges::sort(series);
    std::vector<TraceRow> rows;
    for (auto id = std::ranges::upper_bound(series, range.after);
         id != series.end() && rows.size() < range.limit; ++id) {
        if (latest_of_series_.bind(*id, range.from, range.to).step())
            rows.push_back(row_of(latest_of_series_));
        latest_of_series_.reset();
    }
    return rows;
}

}  // namespace dtrace::store
