#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/engine/reply_router.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

namespace dtrace::engine {

/// Which live round is to be asked next: those with something to do in turn, one packet each; the
/// others when their time comes. New rounds get every second turn and no more, so that those that
/// come together are soon at different hops. Rounds that hold back have a turn where nobody else
/// is ready. Round numbers are small, as they index the entries; once there is an entry for each,
/// nothing is allocated.
class RoundQueue {
  public:
    /// Adds the round if it is new. A round that is already ready keeps its place.
    void make_ready(RoundNumber round);
    /// Others go first, for so long.
    void hold_back(RoundNumber round, TimePoint now);
    void wait_until(RoundNumber round, TimePoint time);
    void remove(RoundNumber round);

    struct Taken {
        RoundNumber round;
        bool held_back;  ///< it would have let others go first
    };
    /// Takes the next round; it must be put back by make_ready, hold_back or wait_until, or
    /// removed.
    [[nodiscard]] std::optional<Taken> take(TimePoint now);

    /// Which round is likely to be taken next: what it needs can be fetched meanwhile.
    [[nodiscard]] std::optional<RoundNumber> likely_next() const {
        for (Line const* const line : {&ready_, &fresh_, &held_})
            if (line->first != none) return line->first;
        return std::nullopt;
    }
    /// Which one comes after it, as far as its line says.
    [[nodiscard]] std::optional<RoundNumber> likely_after(RoundNumber round) const {
        if (entries_[round].next == none) return std::nullopt;
        return entries_[round].next;
    }
    /// A round that does not hold back.
    [[nodiscard]] bool has_ready() const { return ready_.first != none || fresh_.first != none; }
    /// take() will give one.
    [[nodiscard]] bool has_any() const { return has_ready() || held_.first != none; }
    /// When the first waiting round becomes ready; TimePoint::max() if none waits.
    [[nodiscard]] TimePoint next_wake() const;

    static constexpr Duration longest_hold = milliseconds(50);

  private:
    static constexpr RoundNumber none = ~RoundNumber{0};

    enum class Place : std::uint8_t { unknown, taken, fresh, ready, held, waiting };
    struct Entry {
        TimePoint time{};
        RoundNumber previous = none;  ///< in its line
        RoundNumber next = none;
        std::uint32_t position = 0;  ///< in waiting_
        Place place = Place::unknown;
    };
    struct Line {
        RoundNumber first = none;
        RoundNumber last = none;
    };

    Entry& entry(RoundNumber round);
    void leave(RoundNumber round);
    void join(Line& line, RoundNumber round);
    void leave_line(Line& line, Entry const& entry);
    void leave_waiting(Entry const& entry);
    [[nodiscard]] TimePoint time_at(std::size_t position) const;
    void put(std::size_t position, RoundNumber round);
    void sift_up(std::size_t position);
    void sift_down(std::size_t position);

    std::vector<Entry> entries_;
    Line ready_;
    Line fresh_;
    Line held_;  ///< in the order of their times
    bool fresh_turn_ = true;
    std::vector<RoundNumber> waiting_;  ///< a binary heap, the earliest on top
};

}  // namespace dtrace::engine
