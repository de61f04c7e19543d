#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/model/event.hpp>
#include <dtrace/model/trace.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace dtrace::analysis {

/// Notices when the traces of one probe to one target take another way. Each flow is compared with
/// itself; silent hops are wild cards on both sides. One flow that moves has changed its path. Of
/// several flows those that only change places among links that are known (a balancer hashes them
/// anew) are no change; a link that nobody ever took is, and so is one that all have left, unless
/// that may well be chance.
///
/// A state machine over rounds: bounded memory, and time is that of the traces.
class PathChange {
  public:
    struct Options {
        std::uint32_t learn = 3;    ///< rounds of a flow that are only learnt from
        std::uint32_t confirm = 2;  ///< rounds in a row that must agree
        microseconds quiet = std::chrono::minutes(10);  ///< between events; flapping tells its net
        std::size_t most_flows = 512;
        /// A re-hash that empties a link is believed down to this probability.
        double chance = 0.001;
    };

    explicit PathChange(Options options);
    PathChange();
    PathChange(PathChange&&) noexcept;
    PathChange& operator=(PathChange&&) noexcept;
    ~PathChange();

    /// In the order of time. The event has no id.
    [[nodiscard]] std::optional<Event> feed(Trace const& trace);

    /// Flows that are remembered.
    [[nodiscard]] std::size_t flows() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dtrace::analysis
