#include <dtrace/engine/packet_table.hpp>

namespace dtrace::engine {

PacketTable::PacketTable(Plan const& plan, TimePoint start)
    : flows_(plan.flows),
      attempts_(plan.attempts),
      hops_(plan.max_hops - plan.first_hop + Index{1}),
      first_hop_(plan.first_hop),
      ordered_(!plan.automatic),
      start_(start) {}

void PacketTable::add_rows(Index index) {
    std::size_t const row = std::size_t{flows_} * attempts_;
    records_.resize((index / row + 1) * row);
}

std::optional<Packet> PacketTable::find(FlowIndex flow, Ttl ttl, std::uint32_t tag) const {
    if (!has(flow, ttl)) return std::nullopt;
    for (Attempt attempt = 0; attempt < attempts_; ++attempt) {
        Packet const packet{flow, ttl, attempt};
        Index const index = index_of(packet);
        if (index >= records_.size()) continue;
        Record const& record = records_[index];
        if (record.tag() == tag && record.state() != PacketState::unsent) return packet;
    }
    return std::nullopt;
}

std::optional<Packet> PacketTable::find_high_half(FlowIndex flow, Ttl ttl,
                                                  std::uint32_t tag) const {
    if (!has(flow, ttl)) return std::nullopt;
    std::optional<Packet> found;
    for (Attempt attempt = 0; attempt < attempts_; ++attempt) {
        Packet const packet{flow, ttl, attempt};
        if (state(packet) != PacketState::waiting || record_of(packet).tag() >> 16 != tag >> 16)
            continue;
        if (found) return std::nullopt;
        found = packet;
    }
    return found;
}

}  // namespace dtrace::engine
