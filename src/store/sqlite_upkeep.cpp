#include "sqlite_upkeep.hpp"

#include "sqlite_schema.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::store {

namespace {

constexpr std::size_t most_late_hours = 20;  // that came late, in one step
constexpr std::int64_t most_traces = 500;    // removed in one step

constexpr std::int64_t none_removed = INT64_MIN;

/// Reports of the last minutes of an hour come a little later.
constexpr auto late = std::chrono::minutes(2);

}  // namespace

Upkeep::Upkeep(Database& database, Dictionary& dictionary, LastUse& last_use)
    : database_(database),
      days_(database),
      hours_(database, last_use, days_),
      sweep_(database, dictionary, last_use),
      starts_(database.prepare("SELECT DISTINCT started FROM trace"
                               " WHERE series = ? AND started >= ? AND started < ?")),
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

/// What started before has been removed, or is about to be.
std::int64_t Upkeep::removed_until() {
    if (!removed_until_) {
        bool const ever = removed_before_.bind().step() && !removed_before_.is_null(0);
        removed_until_ = ever ? removed_before_.integer(0) : none_removed;
        removed_before_.reset();
        if (database_.failed()) return *std::exchange(removed_until_, std::nullopt);
    }
    return *removed_until_;
}

bool Upkeep::takes(RowId series, std::int64_t started) {
    if (started >= removed_until()) return true;
    auto const hour = hour_of(started);
    return !days_.keeps_out(series, hour) && !hours_.is_known({hour, series});
}

UpkeepStep Upkeep::step(UpkeepRule const& rule, Timestamp now) {
    UpkeepStep done;
    auto const is_enough = [&] {
        done.more =
            done.more || done.rolled_up > 0 || done.days > 0 || done.removed > 0 || done.hours > 0;
        return done.more || database_.failed();
    };
    done.rolled_up = count_late();
    if (!is_enough()) {
        auto const [hours, more] = hours_.step(hour_of(to_database(now - late)));
        done.rolled_up = hours;
        done.more = more;
    }
    done.unreadable = hours_.take_unreadable();
    if (is_enough()) return done;
    done.days = days_.roll_up(day_of(to_database(now - late)));
    if (is_enough()) return done;
    remove(horizon_of(rule, now), done);
    if (is_enough()) return done;
    if (rule.keep_hours) done.hours = remove_hours(*rule.keep_hours, now);
    if (is_enough()) return done;
    done.more = days_.is_removing();
    if (done.more) return done;
    if (auto const day = oldest_day(now)) {
        done.swept = sweep_.step(*day);
        done.more = done.swept > 0 || sweep_.busy();
    }
    if (!done.more) hours_.begin_pass();
    return done;
}

/// Of the traces that are left; none: none has ever been removed.
std::optional<std::int64_t> Upkeep::oldest_day(Timestamp now) {
    if (removed_until() == none_removed) return std::nullopt;
    oldest_.bind(INT64_MAX, std::int64_t{1});
    auto const oldest = oldest_.step() ? oldest_.integer(0) : to_database(now - late);
    oldest_.reset();
    // Of an hour that is not summed up yet, no roll-up keeps the paths.
    return day_of(std::min(oldest, to_database(now - late)));
}

/// Of days that are over, and whose traces have gone.
std::uint64_t Upkeep::remove_hours(Duration keep, Timestamp now) {
    auto const traces_from = removed_until();
    if (traces_from == none_removed) return 0;
    auto const kept_from = to_database(now - std::chrono::duration_cast<microseconds>(keep));
    return days_.remove_hours(day_of(std::min(kept_from, traces_from)));
}

/// Of a probe that was away for longer than traces are kept: counted, and gone as well. There is a
/// roll-up already where an earlier version took more.
std::uint64_t Upkeep::count_late() {
    auto const removed = removed_until();
    if (removed == none_removed) return 0;
    auto const hours = hours_.due_before(hour_of(removed), most_late_hours);
    for (auto const& hour : hours) {
        auto record = hours_.sum(hour);
        if (auto const before = hours_.known(hour)) record.add(*before);
        hours_.put(hour, std::move(record));
        auto const [number, series] = hour;
        std::vector<std::int64_t> starts;
        starts_.bind(series, number * hour_us, (number + 1) * hour_us);
        while (starts_.step())
            starts.push_back(starts_.integer(0));
        starts_.reset();
        for (auto const started : starts)
            remove_at(started, series);
    }
    return hours.size();
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

void Upkeep::remove(std::int64_t horizon, UpkeepStep& done) {
    std::vector<std::pair<std::int64_t, RowId>> moments;
    oldest_.bind(horizon, most_traces);
    while (oldest_.step())
        moments.emplace_back(oldest_.integer(0), oldest_.integer(1));
    oldest_.reset();
    if (moments.empty()) return;
    // What came since its hour was summed up is counted before it goes.
    auto const due = hours_.due_before(hour_of(horizon), most_late_hours);
    for (auto const& hour : due)
        hours_.put(hour, hours_.sum(hour));
    done.rolled_up = due.size();
    if (due.size() == most_late_hours) return;
    if (removed_until() < horizon) {
        set_removed_before_.bind(horizon).run();
        removed_until_ = horizon;
    }
    for (auto const& [started, series] : moments)
        remove_at(started, series);
    done.removed = moments.size();
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
