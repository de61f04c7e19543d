#include "upkeep/sqlite_hour_upkeep.hpp"

#include "sqlite/sqlite_schema.hpp"
#include "traces/sqlite_record_reader.hpp"

#include <string>

namespace dtrace::store {

namespace {

constexpr std::size_t most_summed = 2'000;   // traces, read in one step; some 4 ms
constexpr std::size_t most_hours = 20;       // that get their roll-up in one step
constexpr std::size_t most_paths = 32;       // listed for one hour
constexpr std::size_t most_marks = 200'000;  // remembered
constexpr std::uint64_t most_passes = 60;    // that a late hour waits for more

}  // namespace

HourUpkeep::HourUpkeep(Database& database, LastUse& last_use, DayUpkeep& days)
    : database_(database),
      last_use_(last_use),
      days_(days),
      mark_(database.prepare("INSERT INTO rollup_due (hour, series) VALUES (?, ?)"
                             " ON CONFLICT DO NOTHING")),
      due_(database.prepare("SELECT hour, series FROM rollup_due"
                            " WHERE (hour, series) > (?, ?) AND hour < ?"
                            " ORDER BY hour, series LIMIT ?")),
      is_due_(database.prepare("SELECT 1 FROM rollup_due WHERE hour = ? AND series = ?")),
      undue_(database.prepare("DELETE FROM rollup_due WHERE hour = ? AND series = ?")),
      rows_(database.prepare("SELECT started, id, record FROM trace"
                             " WHERE series = ? AND started >= ? AND started < ?"
                             " ORDER BY started, id")),
      is_known_(database.prepare("SELECT 1 FROM rollup WHERE series = ? AND hour = ?")),
      put_(database.prepare("INSERT INTO rollup (series, hour, record, hops) VALUES (?, ?, ?, ?)"
                            " ON CONFLICT DO UPDATE SET record = excluded.record,"
                            " hops = excluded.hops")) {}

void HourUpkeep::mark(RowId series, std::int64_t started) {
    Hour const hour{hour_of(started), series};
    if (part_ && part_->hour == hour && started < part_->from) part_->is_behind = true;
    auto const [at, is_new] = marked_.try_emplace(hour, Passes{pass_, pass_});
    at->second.last = pass_;
    if (!is_new) return;
    mark_.bind(hour.first, hour.second).run();
    days_.mark(series, hour.first);
    if (marked_.size() > most_marks) forget_marks();
}

bool HourUpkeep::is_due(Hour const& hour) {
    bool const due = is_due_.bind(hour.first, hour.second).step();
    is_due_.reset();
    return due;
}

std::vector<HourUpkeep::Hour> HourUpkeep::due_between(Hour const& last, std::int64_t hour,
                                                      std::size_t most) {
    std::vector<Hour> hours;
    due_.bind(last.first, last.second, hour, static_cast<std::int64_t>(most));
    while (due_.step())
        hours.emplace_back(due_.integer(0), due_.integer(1));
    due_.reset();
    return hours;
}

/// Nobody knows what came before the first pass.
bool HourUpkeep::may_go_on(Hour const& hour) const {
    if (pass_ == 0) return true;
    auto const at = marked_.find(hour);
    return at != marked_.end() && at->second.last == pass_ &&
           pass_ - at->second.first < most_passes;
}

HourUpkeep::Step HourUpkeep::step(std::int64_t before_hour, std::int64_t closed_hour, bool patient,
                                  Unreadable& unreadable) {
    auto const hours = due_between(passed_, before_hour, most_hours);
    // Of this step only, because what this transaction wrote may still be undone.
    Names names(database_);
    RecordReader reader(database_, names);
    Step done{.more = !hours.empty()};
    std::size_t read = 0;
    for (auto const& hour : hours) {
        if (patient && hour.first < closed_hour && may_go_on(hour) && !is_known(hour)) {
            passed_ = hour;
            continue;
        }
        // One that came due meanwhile may come before the one that was begun.
        if (!part_ || part_->hour != hour) part_ = Part{.hour = hour, .from = hour.first * hour_us};
        read += add(*part_, most_summed - read, reader, unreadable);
        if (database_.failed() || part_->from < (hour.first + 1) * hour_us) break;
        // One that came for a part which was read already leaves the hour to the next pass.
        auto const part = *std::exchange(part_, std::nullopt);
        put(hour, part.record);
        if (part.is_behind) mark(hour.second, hour.first * hour_us);
        passed_ = hour;
        ++done.hours;
        if (read >= most_summed) break;
    }
    return done;
}

std::size_t HourUpkeep::add(Part& part, std::size_t most, RecordReader& reader,
                            Unreadable& unreadable) {
    auto const [number, series] = part.hour;
    auto const end = (number + 1) * hour_us;
    std::size_t count = 0;
    rows_.bind(series, part.from, end);
    part.from = end;
    for (std::optional<std::int64_t> last; rows_.step(); ++count) {
        RowKey const key{rows_.integer(0), series, std::string(rows_.blob(1))};
        if (count >= most && key.started != last) {
            part.from = key.started;
            break;
        }
        last = key.started;
        // One that cannot be read must not keep all the others for ever.
        if (auto const read = reader.read(key, rows_.blob(2)))
            part.record.add(read->samples, read->paths, read->header.paths);
        else
            database_.leave_out_damage(unreadable);
    }
    rows_.reset();
    return count;
}

bool HourUpkeep::is_known(Hour const& hour) {
    bool const known = is_known_.bind(hour.second, hour.first).step();
    is_known_.reset();
    return known;
}

void HourUpkeep::put(Hour const& hour, RollupRecord record) {
    auto const [number, series] = hour;
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

void HourUpkeep::forget_marks() {
    marked_.clear();
    pass_ = 0;
}

void HourUpkeep::forget() {
    forget_marks();
    part_.reset();
    passed_ = before_all;
}

}  // namespace dtrace::store
