#include <dtrace/engine/packet_table.hpp>

namespace dtrace::engine {

PacketTable::PacketTable(Plan const& plan, TimePoint start)
    : flows_(plan.flows), attempts_(plan.attempts), first_hop_(plan.first_hop), start_(start) {}

Packet PacketTable::packet_of(Index index) const {
    Index const hop_and_flow = index / attempts_;
    return {.flow = static_cast<FlowIndex>(hop_and_flow % flows_),
            .ttl = static_cast<Ttl>(first_hop_ + hop_and_flow / flows_),
            .attempt = static_cast<Attempt>(index % attempts_)};
}

std::uint32_t PacketTable::since_start(TimePoint time) const {
    return static_cast<std::uint32_t>(std::chrono::floor<microseconds>(time - start_).count());
}

void PacketTable::set_state(Index index, PacketState state) {
    if (index >= states_.size()) {
        // A whole row, all flows at one TTL, at a time.
        std::size_t const row = std::size_t{flows_} * attempts_;
        std::size_t const size = (index / row + 1) * row;
        states_.resize(size, PacketState::unsent);
        sent_.resize(size);
    }
    states_[index] = state;
}

void PacketTable::set_sent(Index index, std::uint32_t sealed_tag, TimePoint at) {
    set_state(index, PacketState::waiting);
    sent_[index] = {.tag = sealed_tag, .at_us = since_start(at)};
}

microseconds PacketTable::age(Index index, TimePoint now) const {
    // Two's complement makes a reply stamped just before its packet a small negative age.
    return microseconds(static_cast<std::int32_t>(since_start(now) - sent_[index].at_us));
}

std::optional<PacketTable::Index> PacketTable::find(FlowIndex flow, Ttl ttl,
                                                    std::uint32_t tag) const {
    if (ttl < first_hop_ || flow >= flows_) return std::nullopt;
    Index const first = index_of({.flow = flow, .ttl = ttl, .attempt = 0});
    for (Index index = first; index < first + attempts_ && index < states_.size(); ++index)
        if (states_[index] != PacketState::unsent && sent_[index].tag == tag) return index;
    return std::nullopt;
}

std::optional<PacketTable::Index> PacketTable::find_high_half(FlowIndex flow, Ttl ttl,
                                                              std::uint32_t tag) const {
    if (ttl < first_hop_ || flow >= flows_) return std::nullopt;
    std::optional<Index> found;
    Index const first = index_of({.flow = flow, .ttl = ttl, .attempt = 0});
    for (Index index = first; index < first + attempts_ && index < states_.size(); ++index) {
        if (states_[index] != PacketState::waiting || sent_[index].tag >> 16 != tag >> 16) continue;
        if (found) return std::nullopt;
        found = index;
    }
    return found;
}

}  // namespace dtrace::engine
