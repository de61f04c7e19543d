#pragma once

#include <dtrace/analysis/path_change.hpp>
#include <dtrace/analysis/reach_change.hpp>
#include <dtrace/analysis/rtt_shift.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/model/event.hpp>
#include <dtrace/model/trace.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace dtrace::analysis {

/// All detectors of change over the traces of a network: by probe, measurement, target address and
/// method, and by link. Bounded: what was not measured for longest is forgotten.
class ChangeWatch {
  public:
    struct Limits {
        std::size_t series = 20'000;
        std::size_t flows = 200'000;
    };

    ChangeWatch() = default;
    explicit ChangeWatch(Limits limits) : limits_(limits) {}

    /// Of each series in the order of time. The events have no ids.
    [[nodiscard]] std::vector<Event> feed(Trace const& trace);

    [[nodiscard]] std::size_t series() const { return series_.size(); }

  private:
    using Key = std::tuple<std::string, Uuid, std::optional<IpAddress>, Method>;
    struct Series {
        PathChange path;
        ReachChange reach;
        Timestamp used{};
    };

    void forget_some();

    Limits limits_;
    std::map<Key, Series> series_;
    std::size_t flows_ = 0;
    RttShift rtt_;
};

}  // namespace dtrace::analysis
