#pragma once

#include <dtrace/packet/encode_packet.hpp>
#include <dtrace/probe/prober.hpp>

#include <array>

namespace dtrace::probe {

inline constexpr std::size_t batch_capacity = 256;

/// Packets on their way into one call of the wire; reused.
struct Prober::Batch {
    struct Entry {
        LiveRound* live;  ///< no round ends while its packets are in the batch
        Packet packet;
        std::uint32_t sealed_tag;
    };
    std::size_t size = 0;
    std::array<Entry, batch_capacity> entries;
    std::array<wire::OutgoingPacket, batch_capacity> packets;
    std::array<std::array<std::byte, packet::max_packet_size>, batch_capacity> bytes;
};

}  // namespace dtrace::probe
