#pragma once

#include "catalog/assignment_board.hpp"
#include "resources/views_catalog.hpp"

#include <dtrace/core/time.hpp>
#include <dtrace/model/assignment.hpp>

#include <boost/describe/class.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

/// A measurement on demand, as it was asked for.
struct OnceRun {
    OnceItem item;
    std::vector<std::string> probes;  ///< all that were asked, in order
    Timestamp created_at;
    bool taken_back = false;  ///< before it was done
};
BOOST_DESCRIBE_STRUCT(OnceRun, (), (item, probes, created_at, taken_back))

/// The latest measurements on demand, done or not; what is here is also in the registry. Pure.
class OnceRuns {
  public:
    static constexpr std::size_t kept = 1'000;

    /// Which of them has to go before another one is added: the oldest that is done.
    struct Room {
        bool there = true;
        std::optional<Uuid> forget;
    };
    [[nodiscard]] Room make_room(AssignmentBoard const& board) const;

    void put(OnceRun run);
    void forget(Uuid const& id);
    [[nodiscard]] OnceRun const* find(Uuid const& id) const;

  private:
    std::map<Uuid, OnceRun> runs_;  ///< by time, as their ids are of version 7
};

/// Whom a run waits for, and how far they are.
struct OnceStanding {
    std::vector<std::string> waiting;
    OnceOrders::Progress progress;
};
[[nodiscard]] OnceStanding standing_of(OnceRun const& run, AssignmentBoard const& board);

/// How a run stands with these traces, the oldest first, which were read after `standing` was
/// taken: then who has reported in between is neither waited for nor missing. Pure, and fit for
/// another thread.
[[nodiscard]] OnceView state_of(OnceRun const& run, OnceStanding standing,
                                std::vector<Trace> traces);

}  // namespace dtrace::master
