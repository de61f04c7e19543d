#include "host_tcp.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/ipv6.hpp>
#include <dtrace/packet/tcp.hpp>

#include <span>

namespace dtrace::demo {

std::vector<std::byte> host_tcp_answer(packet::ByteView whole) {
    auto const v4 = packet::Ipv4Header::parse(whole);
    auto const v6 = v4 ? std::nullopt : packet::Ipv6Header::parse(whole);
    if (!v4 && !v6) return {};
    if ((v4 ? v4->protocol : v6->next_header) != packet::protocol_tcp) return {};
    std::size_t const header_size = v4 ? packet::Ipv4Header::size : packet::Ipv6Header::size;
    auto const segment = packet::TcpHeader::parse(whole.subspan(v4 ? v4->header_size : 40));
    if (!segment || segment->flags & packet::tcp_rst || !(segment->flags & packet::tcp_ack))
        return {};

    std::vector<std::byte> reset(header_size + packet::TcpHeader::size);
    packet::ByteWriter out(reset);
    if (v4)
        packet::Ipv4Header{.total_length = static_cast<std::uint16_t>(reset.size()),
                           .dont_fragment = true,
                           .ttl = 64,
                           .protocol = packet::protocol_tcp,
                           .source = v4->destination,
                           .destination = v4->source}
            .write(out);
    else
        packet::Ipv6Header{.payload_length = packet::TcpHeader::size,
                           .next_header = packet::protocol_tcp,
                           .hop_limit = 64,
                           .source = v6->destination,
                           .destination = v6->source}
            .write(out);
    packet::TcpHeader{.source_port = segment->destination_port,
                      .destination_port = segment->source_port,
                      .sequence = segment->acknowledgment,
                      .flags = packet::tcp_rst}
        .write(out);

    auto const here = v4 ? IpAddress(v4->destination) : IpAddress(v6->destination);
    auto const there = v4 ? IpAddress(v4->source) : IpAddress(v6->source);
    auto const transport = std::span(reset).subspan(header_size);
    packet::ByteWriter(transport.subspan(16))
        .u16(packet::complement(
            packet::sum_words(transport) +
            packet::pseudo_header_sum(here, there, packet::protocol_tcp, packet::TcpHeader::size)));
    return reset;
}

}  // namespace dtrace::demo
