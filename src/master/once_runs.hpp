#pragma once

#include "assignment_board.hpp"
#include "views_catalog.hpp"

#include <dtrace/core/time.hpp>
#include <dtrace/model/assignment.hpp>

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
};

/// The latest measurements on demand, done or not. After a restart of the master they are
/// forgotten, their traces are not. Pure.
class OnceRuns {
  public:
    static constexpr std::size_t kept = 1'000;

    void add(OnceRun run);
    [[nodiscard]] OnceRun const* find(Uuid const& id) const;

  private:
    std::map<Uuid, OnceRun> runs_;  ///< by time, as their ids are of version 7
};

/// How a run stands with these traces, the oldest first.
[[nodiscard]] OnceView state_of(OnceRun const& run, AssignmentBoard const& board,
                                std::vector<Trace> traces);

}  // namespace dtrace::master
