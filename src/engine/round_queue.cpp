#include <dtrace/engine/round_queue.hpp>

#include <utility>

namespace dtrace::engine {

RoundQueue::Entry& RoundQueue::entry(RoundNumber round) {
    if (round >= entries_.size()) entries_.resize(round + std::size_t{1});
    return entries_[round];
}

void RoundQueue::make_ready(RoundNumber round) {
    Entry& it = entry(round);
    if (it.place == Place::ready || it.place == Place::fresh) return;
    bool const is_new = it.place == Place::unknown;
    leave(round);
    it.place = is_new ? Place::fresh : Place::ready;
    join(is_new ? fresh_ : ready_, round);
}

void RoundQueue::hold_back(RoundNumber round, TimePoint now) {
    Entry& it = entry(round);
    leave(round);
    it.place = Place::held;
    it.time = now + longest_hold;
    join(held_, round);
}

void RoundQueue::wait_until(RoundNumber round, TimePoint time) {
    Entry& it = entry(round);
    if (it.place == Place::ready || it.place == Place::fresh) return;
    leave(round);
    it.place = Place::waiting;
    it.time = time;
    waiting_.push_back(round);
    put(waiting_.size() - 1, round);
    sift_up(waiting_.size() - 1);
}

void RoundQueue::remove(RoundNumber round) {
    if (round >= entries_.size()) return;
    leave(round);
    entries_[round].place = Place::unknown;
}

std::optional<RoundQueue::Taken> RoundQueue::take(TimePoint now) {
    while (!waiting_.empty() && time_at(0) <= now)
        make_ready(waiting_.front());
    while (held_.first != none && entries_[held_.first].time <= now)
        make_ready(held_.first);
    if (!has_any()) return std::nullopt;
    bool const fresh = fresh_.first != none && (fresh_turn_ || ready_.first == none);
    RoundNumber const other = ready_.first != none ? ready_.first : held_.first;
    fresh_turn_ = !fresh;
    RoundNumber const round = fresh ? fresh_.first : other;
    bool const held_back = entries_[round].place == Place::held;
    leave(round);
    return Taken{round, held_back};
}

TimePoint RoundQueue::next_wake() const {
    return waiting_.empty() ? TimePoint::max() : time_at(0);
}

void RoundQueue::leave(RoundNumber round) {
    Entry& it = entries_[round];
    if (it.place == Place::fresh) leave_line(fresh_, it);
    if (it.place == Place::ready) leave_line(ready_, it);
    if (it.place == Place::held) leave_line(held_, it);
    if (it.place == Place::waiting) leave_waiting(it);
    it.place = Place::taken;
}

void RoundQueue::join(Line& line, RoundNumber round) {
    entries_[round].previous = line.last;
    entries_[round].next = none;
    (line.last == none ? line.first : entries_[line.last].next) = round;
    line.last = round;
}

void RoundQueue::leave_line(Line& line, Entry const& entry) {
    (entry.previous == none ? line.first : entries_[entry.previous].next) = entry.next;
    (entry.next == none ? line.last : entries_[entry.next].previous) = entry.previous;
}

void RoundQueue::leave_waiting(Entry const& entry) {
    std::size_t const hole = entry.position;
    RoundNumber const last = waiting_.back();
    waiting_.pop_back();
    if (hole == waiting_.size()) return;
    put(hole, last);
    sift_up(hole);
    sift_down(entries_[last].position);
}

TimePoint RoundQueue::time_at(std::size_t position) const {
    return entries_[waiting_[position]].time;
}

void RoundQueue::put(std::size_t position, RoundNumber round) {
    waiting_[position] = round;
    entries_[round].position = static_cast<std::uint32_t>(position);
}

void RoundQueue::sift_up(std::size_t position) {
    RoundNumber const round = waiting_[position];
    while (position > 0 && entries_[round].time < time_at((position - 1) / 2)) {
        put(position, waiting_[(position - 1) / 2]);
        position = (position - 1) / 2;
    }
    put(position, round);
}

void RoundQueue::sift_down(std::size_t position) {
    RoundNumber const round = waiting_[position];
    for (;;) {
        std::size_t child = 2 * position + 1;
        if (child >= waiting_.size()) break;
        if (child + 1 < waiting_.size() && time_at(child + 1) < time_at(child)) ++child;
        if (time_at(child) >= entries_[round].time) break;
        put(position, waiting_[child]);
        position = child;
    }
    put(position, round);
}

}  // namespace dtrace::engine
