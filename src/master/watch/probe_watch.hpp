#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/model/event.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace dtrace::master {

/// Notices probes that go and come back. One that was never there has not gone. Pure.
class ProbeWatch {
  public:
    struct Sight {
        std::string probe;
        bool there = false;
        bool was_there = false;  ///< ever: it has asked for something, or there are rounds of it
    };

    /// A probe is offline when it was not there for `patience`, also since the start of the master.
    explicit ProbeWatch(Duration patience) : patience_(patience) {}

    /// Those that were offline when the master ended.
    void restore(std::set<std::string> offline) { offline_ = std::move(offline); }

    /// All probes that may log in; those that are not among them any more are forgotten.
    [[nodiscard]] std::vector<Event> look(std::vector<Sight> const& sights, TimePoint now,
                                          Timestamp wall_clock);

  private:
    Duration patience_;
    std::set<std::string> offline_;
    std::map<std::string, TimePoint> missing_since_;
};

}  // namespace dtrace::master
