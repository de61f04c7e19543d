#include "sent_fields.hpp"

#include <algorithm>

namespace dtrace::wire {

namespace {

std::uint8_t byte_at(std::span<std::byte const> bytes, std::size_t at) {
    return std::to_integer<std::uint8_t>(bytes[at]);
}

template <class Address>
typename Address::bytes_type address_at(std::span<std::byte const> bytes, std::size_t at) {
    typename Address::bytes_type raw{};
    std::ranges::transform(bytes.subspan(at, raw.size()), raw.begin(),
                           [](std::byte b) { return std::to_integer<unsigned char>(b); });
    return raw;
}

std::optional<SentFields> read_v4(std::span<std::byte const> bytes) {
    if (bytes.size() < ipv4_header || byte_at(bytes, 0) >> 4 != 4) return std::nullopt;
    std::size_t const header_size = (byte_at(bytes, 0) & 0xFU) * 4;
    if (header_size < ipv4_header || get16(bytes, 2) != bytes.size() ||
        bytes.size() < header_size + SentFields::least_transport)
        return std::nullopt;
    return SentFields{.family = Family::ipv4,
                      .protocol = byte_at(bytes, 9),
                      .ttl = byte_at(bytes, 8),
                      .tos = byte_at(bytes, 1),
                      .source = IpV4(address_at<IpV4>(bytes, 12)),
                      .ip_id = get16(bytes, 4),
                      .header_size = header_size,
                      .transport = bytes.subspan(header_size)};
}

std::optional<SentFields> read_v6(std::span<std::byte const> bytes, IpV6 const& destination) {
    if (bytes.size() < ipv6_header + SentFields::least_transport || byte_at(bytes, 0) >> 4 != 6 ||
        get16(bytes, 4) != bytes.size() - ipv6_header)
        return std::nullopt;
    IpV6 source(address_at<IpV6>(bytes, 8));
    if (source.is_link_local()) source.scope_id(destination.scope_id());
    return SentFields{.family = Family::ipv6,
                      .protocol = byte_at(bytes, 6),
                      .ttl = byte_at(bytes, 7),
                      .tos = static_cast<std::uint8_t>(get16(bytes, 0) >> 4 & 0xFF),
                      .source = source,
                      .header_size = ipv6_header,
                      .transport = bytes.subspan(ipv6_header)};
}

}  // namespace

std::optional<SentFields> read_fields(OutgoingPacket const& packet) {
    return packet.destination.is_v4() ? read_v4(packet.bytes)
                                      : read_v6(packet.bytes, packet.destination.to_v6());
}

}  // namespace dtrace::wire
