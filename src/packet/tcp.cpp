#include <dtrace/packet/tcp.hpp>

namespace dtrace::packet {

std::optional<TcpHeader> TcpHeader::parse(ByteView bytes) {
    ByteReader in(bytes);
    TcpHeader header;
    header.source_port = in.u16();
    header.destination_port = in.u16();
    header.sequence = in.u32();
    header.acknowledgment = in.u32();
    header.header_size = static_cast<std::uint8_t>((in.u8() >> 4) * 4);
    header.flags = in.u8();
    header.window = in.u16();
    header.checksum = in.u16();
    header.urgent = in.u16();
    if (!in.ok() || header.header_size < size) return std::nullopt;
    return header;
}

void TcpHeader::write(ByteWriter& out) const {
    out.u16(source_port);
    out.u16(destination_port);
    out.u32(sequence);
    out.u32(acknowledgment);
    out.u8(static_cast<std::uint8_t>((header_size / 4) << 4));
    out.u8(flags);
    out.u16(window);
    out.u16(checksum);
    out.u16(urgent);
}

}  // namespace dtrace::packet
