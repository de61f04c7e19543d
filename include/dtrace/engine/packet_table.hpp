#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/engine/plan.hpp>
#include <dtrace/model/packet.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace dtrace::engine {

/// What became of a packet.
enum class PacketState : std::uint8_t {
    unsent,
    waiting,  ///< a reply may come
    answered,
    silent,    ///< waited for long enough; a reply within the timeout still counts
    shadowed,  ///< the target could not have answered it (round.hpp, TCP); to be sent again
    failed,    ///< refused by our own host
};

/// Every packet of a round: its state, sealed tag and send time in 9 bytes. Rows are added as TTLs
/// are first used, so a short path costs little whatever max_hops is.
class PacketTable {
  public:
    using Index = std::uint32_t;

    PacketTable(Plan const& plan, TimePoint start);

    [[nodiscard]] Index index_of(Packet packet) const {
        return ((packet.ttl - Index{first_hop_}) * flows_ + packet.flow) * attempts_ +
               packet.attempt;
    }
    [[nodiscard]] Packet packet_of(Index index) const;

    [[nodiscard]] PacketState state(Index index) const {
        return index < states_.size() ? states_[index] : PacketState::unsent;
    }
    void set_state(Index index, PacketState state) {
        prepare(index);
        states_[index] = state;
    }
    void set_sent(Index index, std::uint32_t sealed_tag, TimePoint at) {
        set_state(index, PacketState::waiting);
        sent_[index] = {.tag = sealed_tag, .at_us = since_start(at)};
    }
    /// The packet is about to be sent: its place is there, and fetched while others are encoded.
    void prepare(Index index) {
        if (index >= states_.size()) add_rows(index);
        __builtin_prefetch(&states_[index], 1);
        __builtin_prefetch(&sent_[index], 1);
    }
    /// Of a packet that was sent.
    [[nodiscard]] std::uint32_t tag(Index index) const { return sent_[index].tag; }

    /// Time since the packet was sent; right for rounds of any length as long as no packet is
    /// looked at more than 71 minutes after it left.
    [[nodiscard]] microseconds age(Index index, TimePoint now) const {
        // Two's complement makes a reply stamped just before its packet a small negative age.
        return microseconds(static_cast<std::int32_t>(since_start(now) - sent_[index].at_us));
    }

    /// The packet of `flow` at `ttl` that carried this tag.
    [[nodiscard]] std::optional<Index> find(FlowIndex flow, Ttl ttl, std::uint32_t tag) const;
    /// The only waiting packet of `flow` at `ttl` whose tag has the same high half; none if several
    /// have.
    [[nodiscard]] std::optional<Index> find_high_half(FlowIndex flow, Ttl ttl,
                                                      std::uint32_t tag) const;

    [[nodiscard]] Attempt attempts() const { return static_cast<Attempt>(attempts_); }

  private:
    struct Sent {
        std::uint32_t tag = 0;
        std::uint32_t at_us = 0;  ///< since `start_`, modulo 2^32
    };
    void add_rows(Index index);
    [[nodiscard]] std::uint32_t since_start(TimePoint time) const {
        return static_cast<std::uint32_t>(std::chrono::floor<microseconds>(time - start_).count());
    }

    Index flows_;
    Index attempts_;
    Ttl first_hop_;
    TimePoint start_;
    std::vector<PacketState> states_;
    std::vector<Sent> sent_;
};

}  // namespace dtrace::engine
