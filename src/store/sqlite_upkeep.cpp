#include "sqlite_upkeep.hpp"

#include "sqlite_record_reader.hpp"
#include "sqlite_schema.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::store {

namespace {

constexpr std::size_t most_hours = 20;       // summed up in one step
constexpr std::int64_t most_traces = 500;    // removed in one step
constexpr std::size_t most_paths = 32;       // listed for one hour
constexpr std::size_t most_marks = 200'000;  // remembered

/// Reports of the last minutes of an hour come a little later.
constexpr auto late = std::chrono::minutes(2);

}  // namespace

Upkeep::Upkeep(Database& database, Dictionary& dictionary, LastUse& last_use)
    : database_(database),
      last_use_(last_use),
      sweep_(database, dictionary, last_use),
      days_(database),
      mark_(database.prepare("INSERT INTO rollup_due (hour, series) VALUES (?, ?)"
                             " ON CONFLICT DO NOTHING")),
      due_(database.prepare("SELECT hour, series FROM rollup_due WHERE hour < ?"
                            " ORDER BY hour, series LIMIT ?")),
      undue_(database.prepare("DELETE FROM rollup_due WHERE hour = ? AND series = ?")),
      rows_(database.prepare("SELECT started, id, record FROM trace"
                             " WHERE series = ? AND started >= ? AND started < ?")),
      get_(database.prepare("SELECT record, hops FROM rollup WHERE series = ? AND hour = ?")),
      put_(database.prepare("INSERT INTO rollup (series, hour, record, hops) VALUES (?, ?, ?, ?)"
                            " ON CONFLICT DO UPDATE SET record = excluded.record,"
                            " hops = excluded.hops")),
      oldest_(database.prepare("SELECT started, series FROM moment WHERE started < ?"
                               " ORDER BY started, series LIMIT ?")),
      ids_(database.prepare("SELECT id FROM trace WHERE series = ? AND started = ?"
                            " AND length(id) = 16")),
      remove_traces_(database.prepare("DELETE FROM trace WHERE series = ? AND started = ?")),
      remove_moment_(database.prepare("DELETE FROM moment WHERE started = ? AND series = ?")),
      remove_latest_(database.prepare("DELETE FROM latest WHERE series = ? AND started = ?")),
      remove_other_id_(database.prepare("DELETE FROM other_id WHERE id = ? AND series = ?")),
      decrease_total_(database.prepare("UPDATE total SET traces = traces - ?")),
      removed_before_(database.prepare("SELECT removed_before FROM upkeep")),
      set_removed_before_(database.prepare("UPDATE upkeep SET removed_before = ?")),
      used_(database.prepare("SELECT (page_count - freelist_count) * page_size FROM"
                             " pragma_page_count(), pragma_freelist_count(), pragma_page_size()")) {
}

/// Traces that started in this hour have been removed, or are about to be.
bool Upkeep::is_expired(std::int64_t hour) {
    bool const expired = removed_before_.bind().step() && !removed_before_.is_null(0) &&
                         hour * hour_us < removed_before_.integer(0);
    removed_before_.reset();
    return expired;
}

bool Upkeep::takes(RowId series, std::int64_t started) {
    auto const hour = hour_of(started);
    if (!is_expired(hour)) return true;
    if (days_.keeps_out(series, hour)) return false;
    bool const known = get_.bind(series, hour).step();
    get_.reset();
    return !known;
}

void Upkeep::mark(RowId series, std::int64_t started) {
    Hour const hour{hour_of(started), series};
    if (marked_.contains(hour)) return;
    if (marked_.size() >= most_marks) marked_.clear();
    mark_.bind(hour.first, hour.second).run();
    marked_.insert(hour);
}

UpkeepStep Upkeep::step(UpkeepRule const& rule, Timestamp now) {
    UpkeepStep done;
    done.rolled_up = roll_up(hour_of(to_database(now - late)));
    done.unreadable = std::exchange(unreadable_, std::nullopt);
    auto const is_enough = [&] {
        done.more = done.rolled_up > 0 || done.days > 0 || done.removed > 0 || done.hours > 0;
        return done.more || database_.failed();
    };
    if (is_enough()) return done;
    done.days = days_.roll_up(day_of(to_database(now - late)));
    if (is_enough()) return done;
    done.removed = remove(horizon_of(rule, now));
    if (is_enough()) return done;
    if (rule.keep_hours) done.hours = remove_hours(*rule.keep_hours, now);
    if (is_enough()) return done;
    done.more = days_.is_removing();
    if (done.more) return done;
    if (auto const day = oldest_day(now)) {
        done.swept = sweep_.step(*day);
        done.more = done.swept > 0 || sweep_.busy();
    }
    return done;
}

/// Of the traces that are left; none: none has ever been removed.
std::optional<std::int64_t> Upkeep::oldest_day(Timestamp now) {
    bool const ever = removed_before_.bind().step() && !removed_before_.is_null(0);
    removed_before_.reset();
    if (!ever) return std::nullopt;
    oldest_.bind(INT64_MAX, std::int64_t{1});
    auto const oldest = oldest_.step() ? oldest_.integer(0) : to_database(now - late);
    oldest_.reset();
    // Of an hour that is not summed up yet, no roll-up keeps the paths.
    return day_of(std::min(oldest, to_database(now - late)));
}

/// Of days that are over, and whose traces have gone.
std::uint64_t Upkeep::remove_hours(Duration keep, Timestamp now) {
    std::optional<std::int64_t> traces_from;
    if (removed_before_.bind().step() && !removed_before_.is_null(0))
        traces_from = removed_before_.integer(0);
    removed_before_.reset();
    if (!traces_from) return 0;
    auto const kept_from = to_database(now - std::chrono::duration_cast<microseconds>(keep));
    return days_.remove_hours(day_of(std::min(kept_from, *traces_from)));
}

std::uint64_t Upkeep::roll_up(std::int64_t before_hour) {
    std::vector<Hour> hours;
    due_.bind(before_hour, static_cast<std::int64_t>(most_hours));
    while (due_.step())
        hours.emplace_back(due_.integer(0), due_.integer(1));
    due_.reset();
    if (hours.empty()) return 0;
    // Of this step only, because what this transaction wrote may still be undone.
    Names names(database_);
    RecordReader reader(database_, names);
    for (auto const& hour : hours)
        roll_up(hour, reader);
    return hours.size();
}

void Upkeep::roll_up(Hour const& hour, RecordReader& reader) {
    auto const [number, series] = hour;
    auto record = sum(hour, reader);
    if (is_expired(number)) {
        // Of a probe that was away for longer than traces are kept: counted, and gone as well.
        // There is a roll-up already where an earlier version took more.
        if (get_.bind(series, number).step())
            if (auto const before = read_rollup(get_.blob(0), get_.blob(1))) record.add(*before);
        get_.reset();
        std::vector<std::int64_t> starts;
        rows_.bind(series, number * hour_us, (number + 1) * hour_us);
        while (rows_.step())
            starts.push_back(rows_.integer(0));
        rows_.reset();
        for (auto const started : starts)
            remove_at(started, series);
    }
    record.leave_out_rare_paths(most_paths);
    auto const encoded = encode_rollup(record);
    auto const hops = encode_hops(record.rollup.hops);
    put_.bind(series, number, Blob{encoded}, Blob{hops}).run();
    days_.mark(series, number);
    for (auto const& [path, times] : record.paths)
        last_use_.keep_for_ever(path);
    undue_.bind(number, series).run();
    marked_.erase(hour);
}

RollupRecord Upkeep::sum(Hour const& hour, RecordReader& reader) {
    RollupRecord record;
    auto const [number, series] = hour;
    rows_.bind(series, number * hour_us, (number + 1) * hour_us);
    while (rows_.step()) {
        RowKey const key{rows_.integer(0), series, std::string(rows_.blob(1))};
        if (auto const read = reader.read(key, rows_.blob(2))) {
            record.add(read->samples, read->paths, read->header.paths);
            continue;
        }
        // One that cannot be read must not keep all the others for ever.
        auto damage = database_.take_damage();
        if (!damage) break;
        unreadable_ = std::move(damage);
    }
    rows_.reset();
    return record;
}

/// Whole hours go: what started before this.
std::int64_t Upkeep::horizon_of(UpkeepRule const& rule, Timestamp now) {
    auto const hour_before = (hour_of(to_database(now - late)) - 1) * hour_us;
    std::int64_t horizon = INT64_MIN;
    if (rule.keep_traces) {
        auto const keep = std::chrono::duration_cast<microseconds>(*rule.keep_traces);
        horizon = hour_of(to_database(now - keep)) * hour_us;
    }
    if (rule.max_bytes && used_.bind().step()) {
        bool const too_large = used_.integer(0) > static_cast<std::int64_t>(*rule.max_bytes);
        oldest_.bind(INT64_MAX, std::int64_t{1});
        if (too_large && oldest_.step())
            horizon = std::max(horizon, (hour_of(oldest_.integer(0)) + 1) * hour_us);
        oldest_.reset();
    }
    used_.reset();
    return std::min(horizon, hour_before);
}

std::uint64_t Upkeep::remove(std::int64_t horizon) {
    std::vector<std::pair<std::int64_t, RowId>> moments;
    oldest_.bind(horizon, most_traces);
    while (oldest_.step())
        moments.emplace_back(oldest_.integer(0), oldest_.integer(1));
    oldest_.reset();
    if (moments.empty()) return 0;
    if (removed_before_.bind().step() &&
        (removed_before_.is_null(0) || removed_before_.integer(0) < horizon))
        set_removed_before_.bind(horizon).run();
    removed_before_.reset();
    for (auto const& [started, series] : moments)
        remove_at(started, series);
    return moments.size();
}

void Upkeep::remove_at(std::int64_t started, RowId series) {
    std::vector<std::string> ids;
    ids_.bind(series, started);
    while (ids_.step())
        ids.emplace_back(ids_.blob(0));
    ids_.reset();
    for (auto const& id : ids)
        remove_other_id_.bind(Blob{id}, series).run();
    remove_traces_.bind(series, started).run();
    if (auto const removed = database_.changes(); removed > 0) decrease_total_.bind(removed).run();
    remove_moment_.bind(started, series).run();
    remove_latest_.bind(series, started).run();
}

}  // namespace dtrace::store
