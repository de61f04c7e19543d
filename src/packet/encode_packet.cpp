#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/encode_packet.hpp>
#include <dtrace/packet/icmp.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/ipv6.hpp>
#include <dtrace/packet/tcp.hpp>
#include <dtrace/packet/udp.hpp>

#include <arpa/inet.h>

#include <cstring>
#include <stdexcept>

namespace dtrace::packet {

namespace {

/// What encode() makes the checksum true with, where the checksum itself is given.
constexpr std::size_t balance_size = 2;
/// UDP over IPv6 repeats the whole sealed tag in its payload.
constexpr std::size_t udp_v6_tag_size = 4;
/// As common systems announce: unremarkable to firewalls.
constexpr std::uint16_t tcp_window = 64240;

// Offsets in the IPv4 and IPv6 header, and in the transport header.
constexpr std::size_t ipv4_id = 4;
constexpr std::size_t ipv4_ttl = 8;
constexpr std::size_t ipv4_checksum = 10;
constexpr std::size_t ipv6_hop_limit = 7;
constexpr std::size_t udp_checksum = 6;
constexpr std::size_t tcp_sequence = 4;
constexpr std::size_t tcp_checksum = 16;
constexpr std::size_t icmp_identifier = 4;

// Each a single store.

void put16(std::span<std::byte> out, std::size_t at, std::uint32_t value) {
    std::uint16_t const word = htons(static_cast<std::uint16_t>(value));
    std::memcpy(&out[at], &word, sizeof word);
}

void put32(std::span<std::byte> out, std::size_t at, std::uint32_t value) {
    std::uint32_t const word = htonl(value);
    std::memcpy(&out[at], &word, sizeof word);
}

std::size_t transport_size(Method method, Family family) {
    switch (method) {
        case Method::tcp:
            return syn_size;
        case Method::icmp:
            return IcmpHeader::size + balance_size;
        case Method::udp:
            break;
    }
    return UdpHeader::size + (family == Family::ipv6 ? udp_v6_tag_size : 0) + balance_size;
}

std::uint8_t protocol_of(Method method, Family family) {
    switch (method) {
        case Method::tcp:
            return protocol_tcp;
        case Method::icmp:
            return family == Family::ipv4 ? protocol_icmp : protocol_icmpv6;
        case Method::udp:
            break;
    }
    return protocol_udp;
}

}  // namespace

FlowEncoder::FlowEncoder(Flow const& flow, Secret const& secret, std::uint8_t tos)
    : mask_(flow_mask(flow, secret)), method_(flow.method), family_(family_of(flow.destination)) {
    if (family_of(flow.source) != family_)
        throw std::invalid_argument("a flow's addresses must be of one family");
    if (method_ == Method::icmp && (flow.id == 0 || flow.id == 0xFFFF))
        throw std::invalid_argument("an ICMP flow's checksum must be 1 to 65534");
    bool const v4 = family_ == Family::ipv4;
    std::size_t const ip_size = v4 ? Ipv4Header::size : Ipv6Header::size;
    size_ = static_cast<std::uint8_t>(ip_size + transport_size(method_, family_));
    if (v4)
        write_ipv4(flow, tos);
    else
        write_ipv6(flow, tos);
    write_transport(flow, ip_size);
}

void FlowEncoder::write_ipv4(Flow const& flow, std::uint8_t tos) {
    ByteWriter out(prepared_);
    Ipv4Header{.tos = tos,
               .total_length = size_,
               .dont_fragment = true,
               .protocol = protocol_of(method_, family_),
               .source = flow.source.to_v4(),
               .destination = flow.destination.to_v4()}
        .write(out);
    put16(prepared_, ipv4_checksum, 0);
    ip_sum_ = fold(sum_words(out.written()));
}

void FlowEncoder::write_ipv6(Flow const& flow, std::uint8_t tos) {
    ByteWriter out(prepared_);
    Ipv6Header{.traffic_class = tos,
               .flow_label = flow_label(flow),
               .payload_length = static_cast<std::uint16_t>(size_ - Ipv6Header::size),
               .next_header = protocol_of(method_, family_),
               .source = flow.source.to_v6(),
               .destination = flow.destination.to_v6()}
        .write(out);
}

void FlowEncoder::write_transport(Flow const& flow, std::size_t offset) {
    auto const transport = std::span(prepared_).subspan(offset, size_ - offset);
    auto const length = static_cast<std::uint16_t>(transport.size());
    bool const v4 = family_ == Family::ipv4;
    ByteWriter out(transport);
    switch (method_) {
        case Method::udp:
            UdpHeader{flow.id, flow.destination_port, length, 0}.write(out);
            break;
        case Method::tcp:
            TcpHeader{.source_port = flow.id,
                      .destination_port = flow.destination_port,
                      .header_size = syn_size,
                      .flags = tcp_syn,
                      .window = tcp_window}
                .write(out);
            // Maximum segment size: firewalls drop bare SYNs.
            out.u8(2);
            out.u8(4);
            out.u16(v4 ? 1460 : 1440);
            break;
        case Method::icmp:
            IcmpHeader{.type = v4 ? icmp4::echo_request : icmp6::echo_request, .checksum = flow.id}
                .write(out);
            break;
    }
    std::uint32_t sum = sum_words(transport);
    if (method_ != Method::icmp || !v4)
        sum +=
            pseudo_header_sum(flow.source, flow.destination, protocol_of(method_, family_), length);
    transport_sum_ = fold(sum);
}

std::size_t FlowEncoder::encode(Ttl ttl, std::uint32_t sealed, std::span<std::byte> out) const {
    if (out.size() < max_packet_size) return 0;
    std::memcpy(out.data(), prepared_.data(), max_packet_size);

    std::uint32_t const high = sealed >> 16;
    std::uint32_t const low = sealed & 0xFFFF;
    bool const v4 = family_ == Family::ipv4;
    if (v4) {
        out[ipv4_ttl] = static_cast<std::byte>(ttl);
        put16(out, ipv4_id, high);
        put16(out, ipv4_checksum, complement(ip_sum_ + (std::uint32_t{ttl} << 8) + high));
    } else {
        out[ipv6_hop_limit] = static_cast<std::byte>(ttl);
    }

    auto const transport = out.subspan(v4 ? Ipv4Header::size : Ipv6Header::size);
    switch (method_) {
        case Method::tcp:
            put32(transport, tcp_sequence, sealed);
            put16(transport, tcp_checksum, complement(transport_sum_ + high + low));
            break;
        case Method::icmp:
            put32(transport, icmp_identifier, sealed);
            put16(transport, IcmpHeader::size, complement(transport_sum_ + high + low));
            break;
        case Method::udp: {
            if (v4) {
                put16(transport, udp_checksum, low);
                put16(transport, UdpHeader::size, complement(transport_sum_ + low));
                break;
            }
            put16(transport, udp_checksum, high);
            put32(transport, UdpHeader::size, sealed);
            put16(transport, UdpHeader::size + udp_v6_tag_size,
                  complement(transport_sum_ + high + high + low));
            break;
        }
    }
    return size_;
}

}  // namespace dtrace::packet
