#include <dtrace/packet/ipv6.hpp>

namespace dtrace::packet {

namespace {

constexpr std::uint8_t hop_by_hop = 0;
constexpr std::uint8_t routing = 43;
constexpr std::uint8_t fragment = 44;
constexpr std::uint8_t destination_options = 60;
constexpr int most_extension_headers = 8;

}  // namespace

std::optional<Ipv6Header> Ipv6Header::parse(ByteView bytes) {
    ByteReader in(bytes);
    Ipv6Header header;
    std::uint32_t const first = in.u32();
    header.traffic_class = static_cast<std::uint8_t>(first >> 20 & 0xFF);
    header.flow_label = first & 0xFFFFF;
    header.payload_length = in.u16();
    header.next_header = in.u8();
    header.hop_limit = in.u8();
    header.source = in.address<IpV6>();
    header.destination = in.address<IpV6>();
    if (!in.ok() || first >> 28 != 6) return std::nullopt;
    return header;
}

void Ipv6Header::write(ByteWriter& out) const {
    out.u32(6U << 28 | std::uint32_t{traffic_class} << 20 | (flow_label & 0xFFFFF));
    out.u16(payload_length);
    out.u8(next_header);
    out.u8(hop_limit);
    out.address(source);
    out.address(destination);
}

std::optional<Ipv6Payload> skip_extension_headers(std::uint8_t next_header, ByteView bytes) {
    for (int skipped = 0; skipped <= most_extension_headers; ++skipped) {
        bool const is_fragment = next_header == fragment;
        if (!is_fragment && next_header != hop_by_hop && next_header != routing &&
            next_header != destination_options)
            return Ipv6Payload{next_header, bytes};
        ByteReader in(bytes);
        next_header = in.u8();
        std::uint8_t const more_words = in.u8();
        if (is_fragment) {
            if (in.u16() >> 3 != 0) return std::nullopt;
            in.skip(4);
        } else {
            in.skip(6 + std::size_t{more_words} * 8);
        }
        if (!in.ok()) return std::nullopt;
        bytes = in.rest();
    }
    return std::nullopt;
}

}  // namespace dtrace::packet
