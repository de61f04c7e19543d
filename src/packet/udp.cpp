#include <dtrace/packet/udp.hpp>

namespace dtrace::packet {

void UdpHeader::write(ByteWriter& out) const {
    out.u16(source_port);
    out.u16(destination_port);
    out.u16(length);
    out.u16(checksum);
}

}  // namespace dtrace::packet
