#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/ipv4.hpp>

#include <array>

namespace dtrace::packet {

std::optional<Ipv4Header> Ipv4Header::parse(ByteView bytes) {
    ByteReader in(bytes);
    Ipv4Header header;
    std::uint8_t const version_and_words = in.u8();
    header.header_size = static_cast<std::uint8_t>((version_and_words & 0x0F) * 4);
    header.tos = in.u8();
    header.total_length = in.u16();
    header.id = in.u16();
    std::uint16_t const fragment = in.u16();
    header.dont_fragment = (fragment & 0x4000) != 0;
    header.more_fragments = (fragment & 0x2000) != 0;
    header.fragment_offset = fragment & 0x1FFF;
    header.ttl = in.u8();
    header.protocol = in.u8();
    header.checksum = in.u16();
    header.source = in.address<IpV4>();
    header.destination = in.address<IpV4>();
    if (!in.ok() || version_and_words >> 4 != 4) return std::nullopt;
    if (header.header_size < size || header.header_size > bytes.size()) return std::nullopt;
    return header;
}

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
