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

/// Every packet of a round: its state, sealed tag and send time in 8 bytes, laid out in the order
/// in which SendOrder hands packets out, so that sending fills the table one cache line after the
/// other. Rows are added as they are first used: a short path costs little whatever max_hops is.
class PacketTable {
  public:
    using Index = std::uint32_t;

    PacketTable(Plan const& plan, TimePoint start);

    /// Where the packet's record lies.
    [[nodiscard]] Index index_of(Packet packet) const {
        return (row_of(packet) * flows_ + packet.flow) * attempts_ + packet.attempt;
    }

    [[nodiscard]] PacketState state(Packet packet) const {
        Index const index = index_of(packet);
        return index < records_.size() ? records_[index].state() : PacketState::unsent;
    }
    void set_state(Packet packet, PacketState state) { place_of(packet).set_state(state); }
    void set_sent(Packet packet, std::uint32_t sealed_tag, TimePoint at) {
        place_of(packet) = Record(sealed_tag, since_start(at));
    }
    void fetch(Packet packet) const {
        if (Index const index = index_of(packet); index < records_.size())
            __builtin_prefetch(&records_[index]);
    }
    /// Of a packet that was sent.
    [[nodiscard]] std::uint32_t tag(Packet packet) const { return record_of(packet).tag(); }

    /// A function that tells the time from a packet's sending to `now`; right for rounds of any
    /// length as long as no packet is looked at more than four minutes after it left.
    [[nodiscard]] auto ages_at(TimePoint now) const {
        return [this, now_us = since_start(now)](Packet packet) {
            return microseconds(record_of(packet).age_us(now_us));
        };
    }
    [[nodiscard]] microseconds age(Packet packet, TimePoint now) const {
        return ages_at(now)(packet);
    }

    /// The packet of `flow` at `ttl` that carried this tag.
    [[nodiscard]] std::optional<Packet> find(FlowIndex flow, Ttl ttl, std::uint32_t tag) const;
    /// The only waiting packet of `flow` at `ttl` whose tag has the same high half; none if several
    /// have.
    [[nodiscard]] std::optional<Packet> find_high_half(FlowIndex flow, Ttl ttl,
                                                       std::uint32_t tag) const;

  private:
    class Record {
      public:
        Record() = default;
        Record(std::uint32_t tag, std::uint32_t at_us)
            : tag_(tag), word_(at_us << state_bits | std::uint32_t(PacketState::waiting)) {}

        [[nodiscard]] PacketState state() const { return PacketState(word_ & state_mask); }
        void set_state(PacketState state) { word_ = (word_ & ~state_mask) | std::uint32_t(state); }
        [[nodiscard]] std::uint32_t tag() const { return tag_; }
        /// Two's complement makes a reply stamped just before its packet a small negative age.
        [[nodiscard]] std::int32_t age_us(std::uint32_t now_us) const {
            auto const since = (now_us << state_bits) - (word_ & ~state_mask);
            return static_cast<std::int32_t>(since) >> state_bits;
        }

      private:
        static constexpr unsigned state_bits = 3;
        static constexpr std::uint32_t state_mask = (1U << state_bits) - 1;
        std::uint32_t tag_ = 0;
        std::uint32_t word_ = 0;  ///< µs since `start_`, modulo 2^29, and the state
    };

    [[nodiscard]] bool has(FlowIndex flow, Ttl ttl) const {
        return ttl >= first_hop_ && ttl < first_hop_ + hops_ && flow < flows_;
    }
    [[nodiscard]] Index row_of(Packet packet) const {
        Index const hop = packet.ttl - Index{first_hop_};
        if (!ordered_) return hop;
        Index const step = hop + packet.flow + packet.attempt;
        // A division takes its time, and most need none.
        if (step < hops_) return step;
        return step < 2 * hops_ ? step - hops_ : step % hops_;
    }
    [[nodiscard]] Record const& record_of(Packet packet) const {
        return records_[index_of(packet)];
    }
    [[nodiscard]] Record& place_of(Packet packet) {
        Index const index = index_of(packet);
        if (index >= records_.size()) add_rows(index);
        return records_[index];
    }
    void add_rows(Index index);
    [[nodiscard]] std::uint32_t since_start(TimePoint time) const {
        return static_cast<std::uint32_t>(std::chrono::floor<microseconds>(time - start_).count());
    }

    Index flows_;
    Index attempts_;
    Index hops_;
    Ttl first_hop_;
    bool ordered_;  ///< rows are SendOrder's steps, modulo `hops_`; otherwise they are hops
    TimePoint start_;
    std::vector<Record> records_;
};

}  // namespace dtrace::engine
