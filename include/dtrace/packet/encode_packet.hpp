#pragma once

#include <dtrace/model/flow.hpp>
#include <dtrace/packet/tag.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace dtrace::packet {

/// TCP over IPv6: 40 + 20 + 4 bytes of options.
inline constexpr std::size_t max_packet_size = 64;

/// Makes the packets of one flow. All that a flow's packets share is prepared once; encode() adds
/// TTL, tag and checksums. Holds no memory of its own and is small enough for 160,000 flows.
class FlowEncoder {
  public:
    /// `tos`: IPv4 TOS or IPv6 traffic class. The flow's addresses are of one family; an ICMP
    /// flow's id, the checksum to hold, is neither 0 nor 0xFFFF, which one's complement cannot
    /// tell apart. Throws std::invalid_argument where these do not hold.
    FlowEncoder(Flow const& flow, Secret const& secret, std::uint8_t tos = 0);

    /// flow_mask(flow, secret).
    [[nodiscard]] std::uint32_t mask() const { return mask_; }
    /// Of every packet.
    [[nodiscard]] std::size_t size() const { return size_; }

    /// Writes a complete IP packet that says `tag`, and tells its size. `tag` comes from
    /// usable_tag(…, mask()). `out` has room for max_packet_size bytes, all of which may be
    /// written; if it has not, nothing is and the answer is 0.
    std::size_t encode(Tag tag, std::span<std::byte> out) const {
        return encode(tag.ttl, seal(tag, mask_), out);
    }
    /// The same where the tag is sealed already: by mask(), with that TTL in it.
    std::size_t encode(Ttl ttl, std::uint32_t sealed, std::span<std::byte> out) const;

  private:
    void write_ipv4(Flow const& flow, std::uint8_t tos);
    void write_ipv6(Flow const& flow, std::uint8_t tos);
    void write_transport(Flow const& flow, std::size_t offset);

    std::array<std::byte, max_packet_size> prepared_{};
    std::uint32_t mask_;
    std::uint16_t ip_sum_ = 0;         ///< of the IPv4 header without TTL, ID and checksum
    std::uint16_t transport_sum_ = 0;  ///< of pseudo header and transport, without what varies
    std::uint8_t size_ = 0;
    Method method_;
    Family family_;
};

}  // namespace dtrace::packet
