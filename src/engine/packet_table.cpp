#include <dtrace/engine/packet_table.hpp>

namespace dtrace::engine {

PacketTable::PacketTable(Plan const& plan, TimePoint start)
    : flows_(plan.flows),
      attempts_(plan.attempts),
      hops_(plan.max_hops - plan.first_hop + Index{1}),
      first_hop_(plan.first_hop),
      ordered_(!plan.automatic),
      start_(start) {}

Packet PacketTable::packet_of(Index index) const {
    Index const attempt = index % attempts_;
    Index const flow = index / attempts_ % flows_;
    Index const row = index / attempts_ / flows_;
    Index const before = ordered_ ? (flow + attempt) % hops_ : 0;
    Index const hop = row >= before ? row - before : row + hops_ - before;
    return {.flow = static_cast<FlowIndex>(flow),
            .ttl = static_cast<Ttl>(first_hop_ + hop),
            .attempt = static_cast<Attempt>(attempt)};
}

void PacketTable::add_rows(Index index) {
    std::size_t const row = std::size_t{flows_} * attempts_;
    records_.resize((index / row + 1) * row);
}

std::optional<PacketTable::Index> PacketTable::find(FlowIndex flow, Ttl ttl,
                                                    std::uint32_t tag) const {
    if (!has(flow, ttl)) return std::nullopt;
    for (Attempt attempt = 0; attempt < attempts_; ++attempt) {
        Index const index = index_of({flow, ttl, attempt});
        if (state(index) != PacketState::unsent && records_[index].tag() == tag) return index;
    }
    return std::nullopt;
}

std::optional<PacketTable::Index> PacketTable::find_high_half(FlowIndex flow, Ttl ttl,
                                                              std::uint32_t tag) const {
    if (!has(flow, ttl)) return std::nullopt;
    std::optional<Index> found;
    for (Attempt attempt = 0; attempt < attempts_; ++attempt) {
        Index const index = index_of({flow, ttl, attempt});
        if (state(index) != PacketState::waiting || records_[index].tag() >> 16 != tag >> 16)
            continue;
        if (found) return std::nullopt;
        found = index;
    }
    return found;
}

}  // namespace dtrace::engine
