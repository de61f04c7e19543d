#include "ipv4_payload.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/decode_request.hpp>
#include <dtrace/packet/icmp.hpp>
#include <dtrace/packet/tcp.hpp>
#include <dtrace/packet/udp.hpp>

namespace dtrace::packet {

namespace {

bool read_echo_request(Family family, ByteView message, Flow& flow) {
    bool const v4 = family == Family::ipv4;
    auto const icmp = IcmpHeader::parse(message);
    if (!icmp || icmp->type != (v4 ? icmp4::echo_request : icmp6::echo_request)) return false;
    if (icmp->code != 0 || (v4 && fold(sum_words(message)) != 0xFFFF)) return false;
    flow.method = Method::icmp;
    flow.id = icmp->checksum;
    return true;
}

/// A sender that leaves the rest to its device writes the sum of the pseudo-header, as it is.
bool is_intact(Flow const& flow, std::uint8_t protocol, ByteView bytes, std::uint16_t checksum) {
    auto const pseudo = pseudo_header_sum(flow.source, flow.destination, protocol,
                                          static_cast<std::uint32_t>(bytes.size()));
    return fold(pseudo + sum_words(bytes)) == 0xFFFF || checksum == fold(pseudo);
}

template <class Header>
bool read_ports(Method method, Header const& header, Flow& flow) {
    flow.method = method;
    flow.id = header.source_port;
    flow.destination_port = header.destination_port;
    return true;
}

bool read_udp(Family family, ByteView bytes, Flow& flow) {
    auto const udp = UdpHeader::parse(bytes);
    if (!udp || udp->length < UdpHeader::size || udp->length > bytes.size()) return false;
    bool const has_none = family == Family::ipv4 && udp->checksum == 0;
    if (!has_none && (udp->checksum == 0 ||
                      !is_intact(flow, protocol_udp, bytes.first(udp->length), udp->checksum)))
        return false;
    return read_ports(Method::udp, *udp, flow);
}

bool read_syn(ByteView segment, Flow& flow) {
    auto const tcp = TcpHeader::parse(segment);
    constexpr std::uint8_t asked = tcp_syn | tcp_ack | tcp_rst;
    if (!tcp || (tcp->flags & asked) != tcp_syn) return false;
    return is_intact(flow, protocol_tcp, segment, tcp->checksum) &&
           read_ports(Method::tcp, *tcp, flow);
}

bool read_transport(Datagram const& datagram, Family family, ByteView bytes, Flow& flow) {
    if (datagram.protocol == protocol_udp) return read_udp(family, bytes, flow);
    if (datagram.protocol == protocol_tcp) return read_syn(bytes, flow);
    auto const icmp = family == Family::ipv4 ? protocol_icmp : protocol_icmpv6;
    return datagram.protocol == icmp && read_echo_request(family, bytes, flow);
}

}  // namespace

std::optional<Flow> decode_request(Datagram const& datagram) {
    Flow flow;
    flow.source = without_scope(datagram.source);
    if (datagram.source.is_v6()) {
        flow.destination = without_scope(datagram.destination);
        if (!read_transport(datagram, Family::ipv6, datagram.bytes, flow)) return std::nullopt;
        return flow;
    }
    auto const ip = ipv4_payload(datagram);
    if (!ip) return std::nullopt;
    flow.destination = ip->header.destination;
    if (!read_transport(datagram, Family::ipv4, ip->bytes, flow)) return std::nullopt;
    return flow;
}

}  // namespace dtrace::packet
