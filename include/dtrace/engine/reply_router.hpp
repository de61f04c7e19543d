#pragma once

#include <dtrace/core/units.hpp>
#include <dtrace/model/flow.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace dtrace::engine {

/// Small: numbers of rounds that are over are given again.
using RoundNumber = std::uint32_t;

/// Whose flow it is, and the mask that its tags are sealed with (packet/tag.hpp).
struct FlowOwner {
    RoundNumber round = 0;
    FlowIndex flow = 0;
    std::uint32_t mask = 0;

    friend bool operator==(FlowOwner const&, FlowOwner const&) = default;
};

/// Which live round a reply belongs to, by the flow that it speaks of. A flat hash table: finding
/// a flow is one or two looks into memory and allocates nothing.
class ReplyRouter {
  public:
    void add(Flow const& flow, FlowOwner owner);
    void remove(Flow const& flow);

    /// The flow's source address is not compared: a translator on the way may have changed it.
    [[nodiscard]] std::optional<FlowOwner> find(Flow const& flow) const;

    /// Flows with the same source port or checksum to other destinations, for a reply that quotes
    /// a destination which a translator has changed. The tag decides.
    static constexpr std::size_t max_candidates = 16;
    class Candidates {
      public:
        void add(FlowOwner owner) { owners_[size_++] = owner; }
        [[nodiscard]] std::size_t size() const { return size_; }
        [[nodiscard]] FlowOwner const* begin() const { return owners_.data(); }
        [[nodiscard]] FlowOwner const* end() const { return owners_.data() + size_; }

      private:
        std::array<FlowOwner, max_candidates> owners_;
        std::size_t size_ = 0;
    };
    [[nodiscard]] Candidates find_translated(Flow const& flow) const;

    [[nodiscard]] std::size_t size() const { return size_; }

  private:
    using Index = std::uint32_t;
    static constexpr Index none = ~Index{0};

    /// What of a flow is compared, in words that are compared fast.
    struct Key {
        std::uint64_t destination_high, destination_low;
        std::uint32_t ports;
        Method method;
        Family family;
        friend bool operator==(Key const&, Key const&) = default;
    };
    /// A flow; those of one id form a list.
    struct Entry {
        Key key;
        FlowOwner owner;
        Index previous;
        Index next;
    };
    struct Slot {
        Index entry = none;
        std::uint32_t hash = 0;
    };

    [[nodiscard]] static Key key_of(Flow const& flow);
    [[nodiscard]] static std::uint32_t hash_of(Key const& key);
    /// Without the destination.
    [[nodiscard]] static std::uint32_t id_of(Key const& key);
    /// Where the key is, or the free slot where it would be.
    [[nodiscard]] std::size_t slot_of(Key const& key, std::uint32_t hash) const;
    void grow();
    void close_gap(std::size_t gap);
    void link(Index entry);
    void unlink(Index entry);

    std::vector<Slot> slots_;  ///< a power of two of them, at most half of them used
    std::vector<Entry> entries_;
    Index free_ = none;  ///< unused entries, a list
    std::size_t size_ = 0;
    std::unordered_map<std::uint32_t, Index> by_id_;  ///< the first entry of each id
};

}  // namespace dtrace::engine
