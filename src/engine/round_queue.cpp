#include <dtrace/engine/round_queue.hpp>

#include <algorithm>

namespace dtrace::engine {

void RoundQueue::leave_waiting(RoundNumber round, Entry const& entry) {
    if (entry.place == Place::waiting) waiting_.erase({entry.time, round});
}

void RoundQueue::make_ready(RoundNumber round) {
    Entry& entry = entries_[round];
    if (entry.place == Place::ready) return;
    leave_waiting(round, entry);
    entry.place = Place::ready;
    ready_.push_back(round);
}

void RoundQueue::wait_until(RoundNumber round, TimePoint time) {
    Entry& entry = entries_[round];
    if (entry.place == Place::ready) return;
    leave_waiting(round, entry);
    entry = {.place = Place::waiting, .time = time};
    waiting_.insert({time, round});
}

void RoundQueue::remove(RoundNumber round) {
    auto const entry = entries_.find(round);
    if (entry == entries_.end()) return;
    leave_waiting(round, entry->second);
    if (entry->second.place == Place::ready) std::erase(ready_, round);
    entries_.erase(entry);
}

std::optional<RoundNumber> RoundQueue::take_ready(TimePoint now) {
    while (!waiting_.empty() && waiting_.begin()->first <= now)
        make_ready(waiting_.begin()->second);
    if (ready_.empty()) return std::nullopt;
    RoundNumber const round = ready_.front();
    ready_.pop_front();
    entries_[round].place = Place::taken;
    return round;
}

TimePoint RoundQueue::next_wake() const {
    return waiting_.empty() ? TimePoint::max() : waiting_.begin()->first;
}

}  // namespace dtrace::engine
