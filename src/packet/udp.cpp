#include <dtrace/packet/udp.hpp>

namespace dtrace::packet {

std::optional<UdpHeader> UdpHeader::parse(ByteView bytes) {
    ByteReader in(bytes);
    UdpHeader header;
    header.source_port = in.u16();
    header.destination_port = in.u16();
    header.length = in.u16();
    header.checksum = in.u16();
    if (!in.ok()) return std::nullopt;
    return header;
}

void UdpHeader::write(ByteWriter& out) const {
    out.u16(source_port);
    out.u16(destination_port);
    out.u16(length);
    out.u16(checksum);
}

}  // namespace dtrace::packet
