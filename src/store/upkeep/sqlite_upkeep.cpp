#include "upkeep/sqlite_upkeep.hpp"

#include "sqlite/sqlite_schema.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::store {

namespace {

constexpr std::int64_t most_traces = 500;  // removed in one step

constexpr std::int64_t none_removed = INT64_MIN;

/// Reports of the last minutes of an hour come a little later.
constexpr auto late = std::chrono::minutes(2);

}  // namespace

Upkeep::Upkeep(Database& database, Dictionary& dictionary, LastUse& last_use)
    : database_(database),
      days_(database),
      hours_(database, last_use, days_),
      sweep_(database, dictionary, last_use),
      oldest_(database.prepare("SELECT started, series FROM moment"
                               " WHERE (started, series) > (?, ?) AND started < ?"
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
    if (hours_.is_known({hour, series})) return false;
    return !days_.keeps_out(series, hour) || hours_.is_due({hour, series});
}

UpkeepStep Upkeep::step(UpkeepRule const& rule, Timestamp now) {
    UpkeepStep done;
    auto const is_enough = [&] {
        done.more =
            done.more || done.rolled_up > 0 || done.days > 0 || done.removed > 0 || done.hours > 0;
        return done.more || database_.failed();
    };
    auto const removed = removed_until();
    auto const removed_hour = removed == none_removed ? INT64_MIN : hour_of(removed);
    // What comes late has to be counted before it can go, and must not cost others their room.
    bool const patient = !is_too_large(rule);
    auto const [hours, more] =
        hours_.step(hour_of(to_database(now - late)), removed_hour, patient, done.unreadable);
    done.rolled_up = hours;
    done.more = more;
    if (is_enough()) return done;
    done.days = days_.roll_up(day_of(to_database(now - late)), done.unreadable);
    if (is_enough()) return done;
    remove(horizon_of(rule, now), done);
    if (is_enough()) return done;
    if (rule.keep_hours) done.hours = remove_hours(*rule.keep_hours, now);
    if (is_enough()) return done;
    done.more = days_.is_removing();
    if (done.more) return done;
    if (auto const day = oldest_day(now)) {
        done.swept = sweep_.step(*day, done.unreadable);
        done.more = done.swept > 0 || sweep_.busy();
    }
    if (!done.more) {
        hours_.begin_pass();
        walked_ = before_all;
    }
    return done;
}

/// Of the traces that are left; none: none has ever been removed.
std::optional<std::int64_t> Upkeep::oldest_day(Timestamp now) {
    if (removed_until() == none_removed) return std::nullopt;
    oldest_.bind(before_all.first, before_all.second, INT64_MAX, std::int64_t{1});
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

bool Upkeep::is_too_large(UpkeepRule const& rule) {
    if (!rule.max_bytes) return false;
    bool const is =
        used_.bind().step() && used_.integer(0) > static_cast<std::int64_t>(*rule.max_bytes);
    used_.reset();
    return is;
}

/// Whole hours go: what started before this.
std::int64_t Upkeep::horizon_of(UpkeepRule const& rule, Timestamp now) {
    auto const hour_before = (hour_of(to_database(now - late)) - 1) * hour_us;
    std::int64_t horizon = INT64_MIN;
    if (rule.keep_traces) {
        auto const keep = std::chrono::duration_cast<microseconds>(*rule.keep_traces);
        horizon = hour_of(to_database(now - keep)) * hour_us;
    }
    if (is_too_large(rule)) {
        oldest_.bind(walked_.first, walked_.second, INT64_MAX, std::int64_t{1});
        if (oldest_.step())
            horizon = std::max(horizon, (hour_of(oldest_.integer(0)) + 1) * hour_us);
        oldest_.reset();
    }
    return std::min(horizon, hour_before);
}

/// A pass looks at each moment once. What is due is counted before it goes, in a later pass.
void Upkeep::remove(std::int64_t horizon, UpkeepStep& done) {
    std::vector<Moment> moments;
    oldest_.bind(walked_.first, walked_.second, horizon, most_traces);
    while (oldest_.step())
        moments.emplace_back(oldest_.integer(0), oldest_.integer(1));
    oldest_.reset();
    if (moments.empty()) return;
    done.more = true;
    if (removed_until() < horizon) {
        set_removed_before_.bind(horizon).run();
        removed_until_ = horizon;
    }
    std::int64_t traces = 0;
    for (auto const& [started, series] : moments) {
        walked_ = {started, series};
        if (hours_.is_due({hour_of(started), series})) continue;
        traces += remove_at(started, series);
        ++done.removed;
        if (traces >= most_traces) return;
    }
}

/// How many there were.
std::int64_t Upkeep::remove_at(std::int64_t started, RowId series) {
    std::vector<std::string> ids;
    ids_.bind(series, started);
    while (ids_.step())
        ids.emplace_back(ids_.blob(0));
    ids_.reset();
    for (auto const& id : ids)
        remove_other_id_.bind(Blob{id}, series).run();
    remove_traces_.bind(series, started).run();
    auto const removed = database_.changes();
    if (removed > 0) decrease_total_.bind(removed).run();
    remove_moment_.bind(started, series).run();
    remove_latest_.bind(series, started).run();
    return removed;
}

}  // namespace dtrace::store
