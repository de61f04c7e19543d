#include "identity.hpp"

#include <dtrace/packet/icmp.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/tcp.hpp>
#include <dtrace/packet/udp.hpp>

#include <algorithm>

namespace dtrace::packet {

namespace {

/// Routers pad short quotes with zeros: a checksum of zero is one that was not quoted.
std::optional<std::uint16_t> unless_zero(std::uint16_t checksum) {
    if (checksum == 0) return std::nullopt;
    return checksum;
}

/// IPv6: the tag in the payload, if that was quoted; both halves of a true one are not zero.
QuotedTag udp_v6_tag(UdpHeader const& header, ByteView transport) {
    ByteReader payload(transport.first(std::min<std::size_t>(transport.size(), header.length)));
    payload.skip(UdpHeader::size);
    std::uint32_t const sealed = payload.u32();
    if (payload.ok() && sealed >> 16 != 0 && (sealed & 0xFFFF) != 0) return {sealed, true};
    return {std::uint32_t{header.checksum} << 16, false};
}

std::optional<Identity> read_udp(Family family, ByteView transport, std::uint16_t ip_id) {
    auto const header = UdpHeader::parse(transport);
    if (!header) return std::nullopt;
    bool const v4 = family == Family::ipv4;
    return Identity{
        .method = Method::udp,
        .id = header->source_port,
        .destination_port = header->destination_port,
        .tag = v4 ? QuotedTag{std::uint32_t{ip_id} << 16 | header->checksum, true}
                  : udp_v6_tag(*header, transport),
        .checksum = unless_zero(header->checksum),
    };
}

std::optional<Identity> read_tcp(ByteView transport) {
    ByteReader in(transport);
    Identity identity{.method = Method::tcp};
    identity.id = in.u16();
    identity.destination_port = in.u16();
    identity.tag.value = in.u32();
    if (!in.ok()) return std::nullopt;
    if (auto const header = TcpHeader::parse(transport))
        identity.checksum = unless_zero(header->checksum);
    return identity;
}

std::optional<Identity> read_echo_request(Family family, ByteView transport) {
    auto const header = IcmpHeader::parse(transport);
    auto const request = family == Family::ipv4 ? icmp4::echo_request : icmp6::echo_request;
    if (!header || header->type != request || header->code != 0) return std::nullopt;
    return Identity{.method = Method::icmp,
                    .id = header->checksum,
                    .tag = {header->rest, true},
                    .checksum = unless_zero(header->checksum)};
}

}  // namespace

std::optional<Identity> read_identity(Family family, std::uint8_t protocol, ByteView transport,
                                      std::uint16_t ip_id) {
    if (protocol == protocol_udp) return read_udp(family, transport, ip_id);
    if (protocol == protocol_tcp) return read_tcp(transport);
    if (protocol == (family == Family::ipv4 ? protocol_icmp : protocol_icmpv6))
        return read_echo_request(family, transport);
    return std::nullopt;
}

}  // namespace dtrace::packet
