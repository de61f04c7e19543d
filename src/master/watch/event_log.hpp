#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/event.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace dtrace::master {

/// Gives events their ids, and those that end something the id of what began it.
class EventLog {
  public:
    /// What was kept before, newest first.
    void restore(std::vector<Event> const& kept);

    /// Those with an id keep it.
    void stamp(std::vector<Event>& events, Timestamp now);

    /// That may still be closed.
    [[nodiscard]] std::size_t open() const { return open_.size(); }

  private:
    void note(Event const& event);

    std::map<std::string, Uuid> open_;  ///< by what it is about
};

}  // namespace dtrace::master
