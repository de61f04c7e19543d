#include "rewrite.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/ipv6.hpp>

#include <array>
#include <cstddef>
#include <optional>

namespace dtrace::sim {
namespace {

using Bytes = std::span<std::byte>;

constexpr std::size_t checksum_in_ipv4 = 10;

bool is_v4(Bytes packet) {
    return std::to_integer<unsigned>(packet[0]) >> 4 == 4;
}

std::uint16_t word(Bytes bytes, std::size_t at) {
    return packet::ByteReader(bytes.subspan(at)).u16();
}

void set_word(Bytes bytes, std::size_t at, std::uint16_t value) {
    packet::ByteWriter(bytes.subspan(at)).u16(value);
}

/// Where a transport header that begins at `at` keeps the checksum that covers the addresses.
std::optional<std::size_t> checksum_place(Bytes bytes, std::size_t at, std::uint8_t protocol) {
    std::size_t place = at;
    switch (protocol) {
        case packet::protocol_udp:
            place += 6;
            break;
        case packet::protocol_tcp:
            place += 16;
            break;
        case packet::protocol_icmpv6:
            place += 2;
            break;
        default:
            return {};
    }
    if (place + 2 > bytes.size()) return {};
    bool const absent = protocol == packet::protocol_udp && word(bytes, place) == 0;
    return absent ? std::nullopt : std::optional(place);
}

std::optional<std::size_t> transport_checksum(Bytes bytes) {
    if (is_v4(bytes)) {
        auto const header = packet::Ipv4Header::parse(bytes);
        if (!header || header->fragment_offset != 0) return {};
        return checksum_place(bytes, header->header_size, header->protocol);
    }
    auto const payload = packet::skip_extension_headers(
        packet::Ipv6Header::parse(bytes)->next_header, bytes.subspan(packet::Ipv6Header::size));
    if (!payload) return {};
    return checksum_place(bytes, bytes.size() - payload->bytes.size(), payload->protocol);
}

/// Puts `value` at `at` and the difference into the checksums at `first` and `second`.
void replace_word(Bytes bytes, std::size_t at, std::uint16_t value,
                  std::optional<std::size_t> first, std::optional<std::size_t> second) {
    auto const old = word(bytes, at);
    set_word(bytes, at, value);
    for (auto const place : {first, second})
        if (place)
            set_word(bytes, *place, packet::update_checksum(word(bytes, *place), old, value));
}

bool has_header(Bytes packet) {
    return !packet.empty() && (is_v4(packet) ? packet::Ipv4Header::parse(packet).has_value()
                                             : packet::Ipv6Header::parse(packet).has_value());
}

}  // namespace

void rewrite_address(Bytes packet, End end, IpAddress const& to, bool fix_transport) {
    if (!has_header(packet) || is_v4(packet) != to.is_v4()) return;
    std::array<std::byte, 16> raw{};
    packet::ByteWriter out(raw);
    if (to.is_v4())
        out.address(to.to_v4());
    else
        out.address(to.to_v6());
    std::size_t const at = to.is_v4() ? (end == End::source ? 12 : 16)  //
                                      : (end == End::source ? 8 : 24);
    auto const header = to.is_v4() ? std::optional(checksum_in_ipv4) : std::nullopt;
    auto const transport = fix_transport ? transport_checksum(packet) : std::nullopt;
    for (std::size_t i = 0; i < out.size(); i += 2)
        replace_word(packet, at + i, word(raw, i), header, transport);
    // All ones is the same number, and zero says "no checksum" in UDP.
    if (transport && word(packet, *transport) == 0) set_word(packet, *transport, 0xFFFF);
}

void rewrite_ttl(Bytes packet, std::uint8_t ttl) {
    if (!has_header(packet)) return;
    if (is_v4(packet)) {
        auto const protocol = std::to_integer<unsigned>(packet[9]);
        replace_word(packet, 8, static_cast<std::uint16_t>(unsigned{ttl} << 8 | protocol),
                     checksum_in_ipv4, {});
    } else {
        packet[7] = std::byte{ttl};
    }
}

}  // namespace dtrace::sim
