#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/engine/reply_router.hpp>

#include <deque>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace dtrace::engine {

/// Which live round is to be asked next: those with something to do in turn, one packet each; the
/// others when their time comes.
class RoundQueue {
  public:
    /// Adds the round if it is new. A round that is already ready keeps its place.
    void make_ready(RoundNumber round);
    void wait_until(RoundNumber round, TimePoint time);
    void remove(RoundNumber round);

    /// Takes the next ready round; it must be put back by make_ready or wait_until, or removed.
    [[nodiscard]] std::optional<RoundNumber> take_ready(TimePoint now);

    [[nodiscard]] bool has_ready() const { return !ready_.empty(); }
    /// When the first waiting round becomes ready; TimePoint::max() if none waits.
    [[nodiscard]] TimePoint next_wake() const;

  private:
    enum class Place { ready, waiting, taken };
    struct Entry {
        Place place = Place::taken;
        TimePoint time;
    };
    void leave_waiting(RoundNumber round, Entry const& entry);

    std::unordered_map<RoundNumber, Entry> entries_;
    std::deque<RoundNumber> ready_;
    std::set<std::pair<TimePoint, RoundNumber>> waiting_;
};

}  // namespace dtrace::engine
