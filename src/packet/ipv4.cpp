#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/ipv4.hpp>

#include <array>

namespace dtrace::packet {

void Ipv4Header::write(ByteWriter& out) const {
    std::array<std::byte, size> bytes{};
    ByteWriter header(bytes);
    header.u8(0x45);
    header.u8(tos);
    header.u16(total_length);
    header.u16(id);
    header.u16(static_cast<std::uint16_t>(
        (dont_fragment ? 0x4000 : 0) | (more_fragments ? 0x2000 : 0) | (fragment_offset & 0x1FFF)));
    header.u8(ttl);
    header.u8(protocol);
    header.u16(0);
    header.address(source);
    header.address(destination);
    ByteWriter(std::span(bytes).subspan(10, 2)).u16(packet::checksum(bytes));
    out.bytes(bytes);
}

bool header_intact(Ipv4Header const& header, ByteView bytes) {
    return fold(sum_words(bytes.first(header.header_size))) == 0xFFFF;
}

}  // namespace dtrace::packet
