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

template <class Header>
bool read_ports(Method method, std::optional<Header> const& header, Flow& flow) {
    if (!header) return false;
    flow.method = method;
    flow.id = header->source_port;
    flow.destination_port = header->destination_port;
    return true;
}

bool read_syn(ByteView segment, Flow& flow) {
    auto const tcp = TcpHeader::parse(segment);
    constexpr std::uint8_t asked = tcp_syn | tcp_ack | tcp_rst;
    return tcp && (tcp->flags & asked) == tcp_syn && read_ports(Method::tcp, tcp, flow);
}

bool read_transport(Datagram const& datagram, Family family, ByteView bytes, Flow& flow) {
    if (datagram.protocol == protocol_udp)
        return read_ports(Method::udp, UdpHeader::parse(bytes), flow);
    if (datagram.protocol == protocol_tcp) return read_syn(bytes, flow);
    auto const icmp = family == Family::ipv4 ? protocol_icmp : protocol_icmpv6;
    return datagram.protocol == icmp && read_echo_request(family, bytes, flow);
}

}  // namespace

std::optional<Flow> decode_request(Datagram const& datagram) {
    Flow flow;
    flow.source = without_scope(datagram.source);
    if (datagram.source.is_v6()) {
        flow.destination = IpV6();
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
