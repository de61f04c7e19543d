#include "round_schedule.hpp"

#include "stable_hash.hpp"

#include <dtrace/core/text.hpp>

#include <algorithm>

namespace dtrace::probe {

namespace {

/// Asked again after this while the round before a change is still under way.
constexpr Duration restart_check = seconds(1);

Duration interval_of(AssignedMeasurement const& measurement) {
    return seconds(std::max<std::uint32_t>(measurement.interval_s, 1));
}

/// Evenly in [0, range), by `hash`.
Duration part_of(Duration range, std::uint64_t hash) {
    auto const ticks = static_cast<std::uint64_t>(range.count());
    return ticks == 0 ? Duration::zero() : Duration(static_cast<Duration::rep>(hash % ticks));
}

/// When the round of a slot is due. Later slots are always later: the jitter is at most a sixteenth
/// of the interval.
TimePoint slot_time(Duration interval, std::uint64_t hash, std::int64_t slot) {
    auto const jitter = part_of(interval / 16, mix(hash ^ static_cast<std::uint64_t>(slot)));
    return TimePoint(interval * slot + part_of(interval, hash) + jitter);
}

std::int64_t first_slot_after(Duration interval, std::uint64_t hash, TimePoint time) {
    auto slot = (time.time_since_epoch() - part_of(interval, hash)) / interval - 1;
    while (slot_time(interval, hash, slot) <= time)
        ++slot;
    return slot;
}

}  // namespace

RoundSchedule::RoundSchedule(std::string probe, ScheduleLimits limits)
    : probe_(std::move(probe)), limits_(limits) {}

RoundSchedule::Entry RoundSchedule::first_entry(AssignedMeasurement measurement,
                                                TimePoint now) const {
    auto const interval = interval_of(measurement);
    auto const hash = stable_hash(probe_ + '\n' + to_text(measurement.id));
    auto const due = now + part_of(std::min(limits_.first_round_within, interval), mix(hash));
    // Not two rounds close together: the second one in the first slot after half an interval.
    auto const next = first_slot_after(interval, hash, due + interval / 2);
    return {std::move(measurement), hash, due, next};
}

void RoundSchedule::assign(std::vector<AssignedMeasurement> const& measurements, TimePoint now) {
    std::map<Uuid, Entry> entries;
    for (auto const& measurement : measurements) {
        auto const known = entries_.find(measurement.id);
        bool const unchanged = known != entries_.end() && known->second.measurement == measurement;
        entries.insert_or_assign(measurement.id,
                                 unchanged ? known->second : first_entry(measurement, now));
    }
    entries_ = std::move(entries);
    agenda_.clear();
    for (auto const& [id, entry] : entries_)
        agenda_.emplace(entry.due, id);
}

void RoundSchedule::advance(Entry& entry, TimePoint now) {
    auto const interval = interval_of(entry.measurement);
    auto const next = std::max(entry.next_slot, first_slot_after(interval, entry.hash, now));
    counts_.skipped += static_cast<std::uint64_t>(next - entry.next_slot);
    entry.due = slot_time(interval, entry.hash, next);
    entry.next_slot = next + 1;
}

std::vector<AssignedMeasurement> RoundSchedule::take_due(TimePoint now) {
    std::vector<AssignedMeasurement> due;
    while (!agenda_.empty() && agenda_.begin()->first <= now &&
           under_way_.size() < limits_.max_concurrent_rounds) {
        auto const id = agenda_.begin()->second;
        agenda_.erase(agenda_.begin());
        auto& entry = entries_.at(id);
        if (!under_way_.contains(id)) {
            under_way_.insert(id);
            ++counts_.started;
            due.push_back(entry.measurement);
            entry.fresh = false;
            advance(entry, now);
        } else if (entry.fresh) {
            entry.due = now + restart_check;
        } else {
            ++counts_.skipped;
            advance(entry, now);
        }
        agenda_.emplace(entry.due, id);
    }
    return due;
}

void RoundSchedule::assign_once(std::vector<OnceItem> const& items) {
    std::set<Uuid> begun;
    waiting_once_.clear();
    for (auto const& item : items)
        if (begun_once_.contains(item.id))
            begun.insert(item.id);
        else
            waiting_once_.insert_or_assign(item.id, item);
    begun_once_ = std::move(begun);
}

std::vector<OnceItem> RoundSchedule::take_once() {
    std::vector<OnceItem> due;
    while (!waiting_once_.empty() && under_way_.size() < limits_.max_concurrent_rounds) {
        auto first = waiting_once_.extract(waiting_once_.begin());
        under_way_.insert(first.key());
        begun_once_.insert(first.key());
        ++counts_.started;
        due.push_back(std::move(first.mapped()));
    }
    return due;
}

void RoundSchedule::finished(Uuid const& round) {
    under_way_.erase(round);
}

std::optional<TimePoint> RoundSchedule::next_due() const {
    if (agenda_.empty() || under_way_.size() >= limits_.max_concurrent_rounds) return std::nullopt;
    return agenda_.begin()->first;
}

}  // namespace dtrace::probe
