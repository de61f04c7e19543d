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

void PacketTable::add_rows(Index index) {
    // A whole row, all flows at one TTL, at a time.
    std::size_t const row = std::size_t{flows_} * attempts_;
    std::size_t const size = (index / row + 1) * row;
    states_.resize(size, PacketState::unsent);
    sent_.resize(size);
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
