#include "reply_bytes.hpp"

#include "rewrite.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/icmp.hpp>
#include <dtrace/packet/icmp_extension.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/ipv6.hpp>

#include <algorithm>

namespace dtrace::sim {
namespace {

using packet::IcmpHeader;

constexpr std::size_t legacy_quote = 128;
constexpr std::byte extension_version{0x20};
constexpr std::uint8_t internetwork_control = 0xC0;  ///< TOS of ICMPv4 errors (RFC 1812 § 4.3.2.5)

std::size_t header_size(Family family) {
    return family == Family::ipv4 ? packet::Ipv4Header::size : packet::Ipv6Header::size;
}

std::vector<std::byte> label_extension(std::vector<Label> const& labels) {
    std::vector<MplsLabel> stack;
    for (Label const& entry : labels)
        stack.push_back({.label = entry.label,
                         .traffic_class = entry.traffic_class.value_or(0),
                         .bottom = &entry == &labels.back(),
                         .ttl = entry.ttl.value_or(1)});
    return packet::mpls_extension(stack);
}

/// All that the node attaches to its errors; empty: nothing.
std::vector<std::byte> extension_of(Node const& node) {
    auto const& labels = node.labels;
    std::vector<std::byte> bytes;
    if (labels && !labels->empty()) bytes = label_extension(*labels);
    if (!node.extension) return bytes;
    bytes.resize(std::max<std::size_t>(bytes.size(), 4));
    bytes[0] = extension_version;
    for (std::uint8_t const byte : node.extension->bytes)
        bytes.push_back(std::byte{byte});
    packet::ByteWriter(std::span(bytes).subspan(2, 2)).u16(0);
    packet::ByteWriter(std::span(bytes).subspan(2, 2)).u16(packet::checksum(bytes));
    return bytes;
}

std::size_t rounded_up(std::size_t size, std::size_t unit) {
    return (size + unit - 1) / unit * unit;
}

}  // namespace

packet::ByteWriter ReplyBytes::begin(Outer const& outer, std::uint8_t protocol, std::uint8_t tos,
                                     std::size_t transport_size) {
    auto const family = family_of(outer.source);
    bytes_.resize(header_size(family) + transport_size);
    packet::ByteWriter out(bytes_);
    if (family == Family::ipv4)
        packet::Ipv4Header{.tos = tos,
                           .total_length = static_cast<std::uint16_t>(bytes_.size()),
                           .id = outer.id,
                           .ttl = outer.ttl,
                           .protocol = protocol,
                           .source = outer.source.to_v4(),
                           .destination = outer.destination.to_v4()}
            .write(out);
    else
        packet::Ipv6Header{.payload_length = static_cast<std::uint16_t>(transport_size),
                           .next_header = protocol,
                           .hop_limit = outer.ttl,
                           .source = outer.source.to_v6(),
                           .destination = outer.destination.to_v6()}
            .write(out);
    return out;
}

std::span<std::byte> ReplyBytes::transport(Outer const& outer) {
    return std::span(bytes_).subspan(header_size(family_of(outer.source)));
}

packet::ByteView ReplyBytes::finish_icmp(Outer const& outer) {
    if (outer.source.is_v4())
        packet::set_icmp_checksum(transport(outer));
    else
        packet::set_icmpv6_checksum(transport(outer), outer.source.to_v6(),
                                    outer.destination.to_v6());
    return bytes_;
}

ReplyBytes::Quoted ReplyBytes::quoted(Family family, IcmpError const& error, Node const& node,
                                      Parcel const& packet, std::size_t extension) {
    bool const v4 = family == Family::ipv4;
    std::size_t const largest = v4 ? 576 - 20 - 8 : 1280 - 40 - 8;
    std::size_t const size = packet.bytes().size();
    // "Packet too big" and "parameter problem" of ICMPv6 have no room for a length.
    bool const extensible = v4 || error.type == packet::icmp6::time_exceeded ||
                            error.type == packet::icmp6::unreachable;
    Quote quote = node.quote.value_or(extension ? Quote::rfc4884 : Quote::full);
    if (quote != Quote::minimal && (extension == 0 || !extensible)) quote = Quote::full;
    switch (quote) {
        case Quote::full:
            break;
        case Quote::minimal:
            return {.bytes = std::min(size - packet.transport().size() + 8, size)};
        case Quote::rfc4884: {
            std::size_t const unit = v4 ? 4 : 8;
            auto const room = (largest - extension) / unit * unit;
            auto const bytes = std::min(size, room);
            auto const padded = std::max(rounded_up(bytes, unit), legacy_quote);
            return {
                .bytes = bytes, .padding = padded - bytes, .with_extension = true, .stated = true};
        }
        case Quote::rfc4884_legacy: {
            auto const bytes = std::min(size, legacy_quote);
            return {.bytes = bytes, .padding = legacy_quote - bytes, .with_extension = true};
        }
    }
    return {.bytes = std::min(size, largest)};
}

packet::ByteView ReplyBytes::icmp_error(Outer const& outer, IcmpError const& error,
                                        Node const& node, Parcel const& packet) {
    auto const family = packet.family();
    auto extension = extension_of(node);
    Quoted const quote = quoted(family, error, node, packet, extension.size());
    if (!quote.with_extension) extension.clear();
    auto const quote_size = quote.bytes + quote.padding;
    std::uint32_t rest = error.mtu;
    if (quote.stated) rest |= packet::stated_quote_length(family, quote_size);

    bool const v4 = family == Family::ipv4;
    auto out = begin(outer, v4 ? packet::protocol_icmp : packet::protocol_icmpv6,
                     v4 ? internetwork_control : std::uint8_t{0},
                     IcmpHeader::size + quote_size + extension.size());
    IcmpHeader{.type = error.type, .code = error.code, .rest = rest}.write(out);
    auto const quote_at = out.size();
    out.bytes(packet.bytes().first(quote.bytes));
    out.zeros(quote.padding);
    out.bytes(extension);
    if (node.quoted_ttl)
        rewrite_ttl(std::span(bytes_).subspan(quote_at, quote.bytes), *node.quoted_ttl);
    return finish_icmp(outer);
}

packet::ByteView ReplyBytes::echo_reply(Outer const& outer, Parcel const& request) {
    bool const v4 = request.family() == Family::ipv4;
    auto const asked = request.transport();
    auto out = begin(outer, request.protocol(), 0, asked.size());
    out.bytes(asked);
    transport(outer)[0] = std::byte{v4 ? packet::icmp4::echo_reply : packet::icmp6::echo_reply};
    return finish_icmp(outer);
}

packet::ByteView ReplyBytes::tcp(Outer const& outer, packet::TcpHeader const& to,
                                 Segment const& segment) {
    bool const opens = segment.flags & packet::tcp_syn;
    std::uint8_t const size = packet::TcpHeader::size + (opens ? 4 : 0);
    auto out = begin(outer, packet::protocol_tcp, 0, size);
    packet::TcpHeader{
        .source_port = to.destination_port,
        .destination_port = to.source_port,
        .sequence = segment.sequence,
        .acknowledgment = segment.acknowledgment,
        .header_size = size,
        .flags = segment.flags,
        .window = static_cast<std::uint16_t>(segment.flags & packet::tcp_rst ? 0 : 65535)}
        .write(out);
    if (opens)
        out.u32(0x0204'0000U | (outer.source.is_v4() ? 1460 : 1440));  // maximum segment size
    auto const whole = transport(outer);
    auto const sum =
        packet::pseudo_header_sum(outer.source, outer.destination, packet::protocol_tcp, size) +
        packet::sum_words(whole);
    packet::ByteWriter(whole.subspan(16)).u16(packet::complement(sum));
    return bytes_;
}

}  // namespace dtrace::sim
