#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/assignment.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::probe {

struct ScheduleLimits {
    /// Rounds under way at a time; what is due beyond waits for one of them to end.
    std::size_t max_concurrent_rounds = 1000;
    /// The first round of a new measurement starts within this time.
    Duration first_round_within = seconds(3);
};

struct ScheduleCounts {
    std::uint64_t started = 0;
    /// Left out because the round before it was still under way or had not even begun.
    std::uint64_t skipped = 0;
};

/// Pure: which rounds are due. Every measurement has its own place in the interval, by a stable
/// hash of (probe, measurement), so that rounds are spread evenly and keep their place over
/// restarts of the probe; each round is moved by a small jitter, so that it does not stay in step
/// with periodic events of the network. All times are steady: setting the clock changes nothing.
class RoundSchedule {
  public:
    RoundSchedule(std::string probe, ScheduleLimits limits);

    /// From now on exactly these (of equal ids, the last). Unchanged ones keep their place, new and
    /// changed ones start soon. A round under way of one that is gone or changed is not touched.
    void assign(std::vector<AssignedMeasurement> const& measurements, TimePoint now);

    /// The same for one-off work: what is no longer there is not begun any more. What was begun is
    /// remembered for as long as it is there.
    void assign_once(std::vector<OnceItem> const& items);

    /// The one-off rounds to start now, in the order of their ids; before take_due(), so that they
    /// get the first free places. Each is under way until finished() with its id.
    [[nodiscard]] std::vector<OnceItem> take_once();

    /// The rounds to start now, the longest due first. Each is under way until finished().
    [[nodiscard]] std::vector<AssignedMeasurement> take_due(TimePoint now);

    void finished(Uuid const& round);

    /// When to ask take_due() again; none: not before assign() or finished(). take_once() need not
    /// be asked but after assign_once() and finished().
    [[nodiscard]] std::optional<TimePoint> next_due() const;

    [[nodiscard]] std::size_t measurements() const { return entries_.size(); }
    [[nodiscard]] std::size_t under_way() const { return under_way_.size(); }
    [[nodiscard]] ScheduleCounts counts() const { return counts_; }

  private:
    struct Entry {
        AssignedMeasurement measurement;
        std::uint64_t hash = 0;  ///< of probe and measurement
        TimePoint due;
        /// The interval, counted from the epoch, whose round comes after the one at `due`.
        std::int64_t next_slot = 0;
        bool fresh = true;  ///< no round yet since it became new or changed
    };

    [[nodiscard]] Entry first_entry(AssignedMeasurement measurement, TimePoint now) const;
    /// Moves to the first slot after `now` and counts those that passed unused.
    void advance(Entry& entry, TimePoint now);

    std::string probe_;
    ScheduleLimits limits_;
    std::map<Uuid, Entry> entries_;
    std::set<std::pair<TimePoint, Uuid>> agenda_;  ///< one element per entry
    std::set<Uuid> under_way_;
    std::map<Uuid, OnceItem> waiting_once_;
    std::set<Uuid> begun_once_;
    ScheduleCounts counts_;
};

}  // namespace dtrace::probe
