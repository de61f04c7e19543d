#pragma once

#include <dtrace/core/units.hpp>
#include <dtrace/model/flow.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace dtrace::engine {

using RoundNumber = std::uint32_t;

/// Whose flow it is, and the mask that its tags are sealed with (packet/tag.hpp).
struct FlowOwner {
    RoundNumber round = 0;
    FlowIndex flow = 0;
    std::uint32_t mask = 0;

    friend bool operator==(FlowOwner const&, FlowOwner const&) = default;
};

/// Which live round a reply belongs to, by the flow that it speaks of.
class ReplyRouter {
  public:
    void add(Flow const& flow, FlowOwner owner);
    void remove(Flow const& flow);

    /// The flow's source address is not compared: a translator on the way may have changed it.
    [[nodiscard]] std::optional<FlowOwner> find(Flow const& flow) const;

    /// Flows with the same source port or checksum to other destinations, for a reply that quotes
    /// a destination which a translator has changed. At most `max_candidates`; the tag decides.
    [[nodiscard]] std::vector<FlowOwner> find_translated(Flow const& flow) const;
    static constexpr std::size_t max_candidates = 16;

    [[nodiscard]] std::size_t size() const { return owners_.size(); }

  private:
    struct Key {
        IpAddress destination;
        std::uint32_t ports;
        Method method;
        friend bool operator==(Key const&, Key const&) = default;
    };
    struct Hash {
        std::size_t operator()(Key const& key) const;
    };
    [[nodiscard]] static Key key_of(Flow const& flow);

    /// Without the destination.
    [[nodiscard]] static std::uint32_t partial_key_of(Flow const& flow);

    std::unordered_map<Key, FlowOwner, Hash> owners_;
    std::unordered_multimap<std::uint32_t, FlowOwner> by_id_;
};

}  // namespace dtrace::engine
