#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/sim/topology.hpp>
#include <dtrace/sim/truth.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace dtrace::sim {

/// A whole IP packet that reaches the sender of the packet it answers, `delay` after that one left.
struct Delivery {
    Duration delay{};
    std::vector<std::byte> bytes;
};

/// A simulated Internet. No clock, no socket: the same topology, seed and packets give the same
/// replies.
class Network {
  public:
    /// Events count from `start`. Throws std::invalid_argument with find_fault()'s text.
    Network(Topology topology, std::uint64_t seed, TimePoint start = {});
    ~Network();
    Network(Network&&) noexcept;
    Network& operator=(Network&&) noexcept;

    /// Sends a whole IPv4 or IPv6 packet from the node that owns its source address, and tells what
    /// comes back: nothing or one packet. Any bytes may be given; what is no intact packet, or
    /// comes from nowhere, is counted and dropped. `now` should not run backwards.
    std::vector<Delivery> process(std::span<std::byte const> packet, TimePoint now);

    /// Who would answer this packet at each TTL from 1 on, if nothing were lost or limited, as
    /// things are at `now`: up to the first that ends the path, at most `longest` entries. No
    /// dice are thrown and nothing is counted.
    [[nodiscard]] std::vector<TrueHop> path_of(std::span<std::byte const> packet, TimePoint now,
                                               std::uint8_t longest = 64);

    /// What happened so far.
    [[nodiscard]] Truth const& truth() const;
    /// The counts of the link between two neighbours, in this direction (the first of several).
    /// Throws std::out_of_range when there is no such link.
    [[nodiscard]] LinkCount const& link(std::string_view from, std::string_view to) const;
    /// Throws std::out_of_range when there is no such node.
    [[nodiscard]] NodeCount const& node(std::string_view name) const;

    [[nodiscard]] Topology const& topology() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dtrace::sim
