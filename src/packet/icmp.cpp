#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/icmp.hpp>
#include <dtrace/packet/ipv4.hpp>

namespace dtrace::packet {

namespace {

/// Where every ICMP message has its checksum.
constexpr std::size_t checksum_offset = 2;

void set_checksum(std::span<std::byte> message, std::uint32_t pseudo_sum) {
    if (message.size() < IcmpHeader::size) return;
    auto const field = message.subspan(checksum_offset, 2);
    ByteWriter(field).u16(0);
    ByteWriter(field).u16(complement(pseudo_sum + sum_words(message)));
}

}  // namespace

void IcmpHeader::write(ByteWriter& out) const {
    out.u8(type);
    out.u8(code);
    out.u16(checksum);
    out.u32(rest);
}

void set_icmp_checksum(std::span<std::byte> message) {
    set_checksum(message, 0);
}

void set_icmpv6_checksum(std::span<std::byte> message, IpV6 const& source,
                         IpV6 const& destination) {
    set_checksum(message, pseudo_header_sum(source, destination, protocol_icmpv6,
                                            static_cast<std::uint32_t>(message.size())));
}

std::uint32_t stated_quote_length(Family family, std::size_t quote_size) {
    auto const size = static_cast<std::uint32_t>(quote_size);
    return family == Family::ipv4 ? (size / 4 & 0xFF) << 16 : (size / 8 & 0xFF) << 24;
}

}  // namespace dtrace::packet
