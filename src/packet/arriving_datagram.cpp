#include <dtrace/packet/arriving_datagram.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/ipv6.hpp>
#include <dtrace/packet/tcp.hpp>

namespace dtrace::packet {

std::optional<Datagram> arriving_datagram(ByteView whole, TimePoint received) {
    if (auto const v4 = Ipv4Header::parse(whole))
        return Datagram{.bytes = whole,
                        .protocol = v4->protocol,
                        .source = v4->source,
                        .hop_limit = v4->ttl,
                        .traffic_class = v4->tos,
                        .received = received};
    if (auto const v6 = Ipv6Header::parse(whole))
        return Datagram{.bytes = whole.subspan(Ipv6Header::size),
                        .protocol = v6->next_header,
                        .source = v6->source,
                        .destination = v6->destination,
                        .hop_limit = v6->hop_limit,
                        .traffic_class = v6->traffic_class,
                        .received = received};
    return {};
}

bool passes_socket_filter(ByteView whole) {
    auto const datagram = arriving_datagram(whole, {});
    if (!datagram) return false;
    bool const v4 = datagram->source.is_v4();
    if (datagram->protocol != protocol_tcp)
        return datagram->protocol == (v4 ? protocol_icmp : protocol_icmpv6);
    auto const header = TcpHeader::parse(whole.subspan(v4 ? Ipv4Header::size : Ipv6Header::size));
    constexpr std::uint8_t syn_ack = tcp_syn | tcp_ack;
    return header && (header->flags & tcp_rst || (header->flags & syn_ack) == syn_ack);
}

}  // namespace dtrace::packet
