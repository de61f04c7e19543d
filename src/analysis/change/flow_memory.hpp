#pragma once

#include "evidence/path_places.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dtrace::analysis {

/// Where a flow goes, as far as its rounds have shown. A hop whose address keeps changing is spread
/// (per-packet balancing, or a route that flaps): whoever answers there is no surprise.
class FlowMemory {
  public:
    /// Whether this round may have taken the same way: nowhere somebody else answers.
    [[nodiscard]] bool fits(std::vector<PathPlace> const& places) const;

    /// Takes the round for the way the flow goes now; what it does not show stays as it was where
    /// it fits, and is forgotten where it does not.
    void settle(std::vector<PathPlace> const& places);

    /// Counts which hops have changed since the last round; to be told of every round.
    void note_switches(std::vector<PathPlace> const& places);

    [[nodiscard]] std::uint32_t rounds() const { return rounds_; }

    /// By TTL from the first hop; empty: silent so far.
    [[nodiscard]] std::size_t size() const { return spots_.size(); }
    [[nodiscard]] std::vector<IpAddress> const& at(std::size_t i) const {
        return spots_[i].addresses;
    }
    [[nodiscard]] bool spread(std::size_t i) const { return spots_[i].spread; }

  private:
    struct Spot {
        std::vector<IpAddress> addresses;  ///< sorted
        std::vector<IpAddress> last;       ///< of the round before
        double switches = 0;
        bool spread = false;
    };
    static bool fits(Spot const& spot, PathPlace const& place);

    std::vector<Spot> spots_;
    std::uint32_t rounds_ = 0;
};

}  // namespace dtrace::analysis
