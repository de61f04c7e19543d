#include "require.hpp"

#include <dtrace/engine/reply_details.hpp>
#include <dtrace/packet/arriving_datagram.hpp>
#include <dtrace/packet/decode_reply.hpp>
#include <dtrace/packet/decode_request.hpp>
#include <dtrace/packet/icmp.hpp>
#include <dtrace/packet/icmp_extension.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/sent_packet.hpp>

#include <algorithm>
#include <vector>

using namespace dtrace;
using namespace dtrace::packet;
using fuzz::require;

namespace {

std::optional<Reply> decode(ByteView bytes, std::uint8_t protocol, bool v4) {
    return decode_reply({.bytes = bytes,
                         .protocol = protocol,
                         .source = v4 ? IpAddress(IpV4(0xCB007107)) : IpAddress(IpV6::loopback()),
                         .received = {}});
}

void check(Reply const& reply, bool v4) {
    bool const direct = reply.kind == ReplyKind::echo_reply || reply.kind == ReplyKind::rst ||
                        reply.kind == ReplyKind::syn_ack;
    require(direct != reply.quoted_ttl.has_value());
    require(direct != reply.quoted_tos.has_value());
    require((v4 && !direct) == reply.quoted_ip_id.has_value());
    require(reply.flow.source.is_v4() == v4 && reply.flow.destination.is_v4() == v4);
    require(reply.flow.method != Method::icmp || reply.flow.destination_port == 0);
    require(reply.tag.complete ||
            (!v4 && reply.flow.method == Method::udp && (reply.tag.value & 0xFFFF) == 0));
    require(reply.extensions.labels.size() <= max_extension_items);
    require(reply.extensions.interfaces.size() <= max_extension_items);
    require(reply.extensions.unknown.size() <= max_extension_items);
    require(!direct || (reply.extensions.empty() && !reply.quoted_sum));
    require(!reply.quoted_sum || reply.flow.method == Method::tcp);
    require(reply.kind != ReplyKind::other || reply.icmp_type != 0);
    (void)engine::find_translation(reply, reply.flow, reply.tag.value);
}

/// An IPv4 packet whose length and ICMP checksum are true, so that inputs reach the decoder.
std::vector<std::byte> made_true(ByteView bytes, std::uint8_t protocol) {
    std::vector<std::byte> copy(bytes.begin(), bytes.end());
    if (copy.size() < Ipv4Header::size) return copy;
    copy[0] = std::byte{0x45};
    ByteWriter(std::span(copy).subspan(2, 2)).u16(static_cast<std::uint16_t>(copy.size()));
    copy[6] = copy[7] = std::byte{0};
    copy[9] = static_cast<std::byte>(protocol);
    if (protocol == protocol_icmp) set_icmp_checksum(std::span(copy).subspan(Ipv4Header::size));
    return copy;
}

/// Whatever parses as a packet of ours is recognised when a router quotes it.
void check_quote(ByteView bytes) {
    auto const sent = parse_sent(bytes);
    if (!sent) return;
    bool const v4 = sent->flow.source.is_v4();
    std::vector<std::byte> error((v4 ? Ipv4Header::size : 0) + IcmpHeader::size);
    error[v4 ? Ipv4Header::size : 0] =
        static_cast<std::byte>(v4 ? icmp4::time_exceeded : icmp6::time_exceeded);
    error.insert(error.end(), bytes.begin(), bytes.end());
    auto const reply = decode(v4 ? made_true(error, protocol_icmp) : error,
                              v4 ? protocol_icmp : protocol_icmpv6, v4);
    require(reply && reply->flow == sent->flow && reply->tag.value == sent->sealed);
    require(reply->quoted_ttl == sent->ttl && reply->quoted_tos == sent->tos);
}

/// Whatever parses as a packet of ours is heard at its target as the flow that it is of.
void check_request(ByteView bytes) {
    auto const datagram = arriving_datagram(bytes, {});
    if (!datagram) return;
    auto const heard = decode_request(*datagram);
    auto const sent = parse_sent(bytes);
    if (sent) {
        require(heard && heard->method == sent->flow.method && heard->id == sent->flow.id);
        require(heard->destination_port == sent->flow.destination_port);
        require(heard->source == sent->flow.source);
        require(heard->destination == sent->flow.destination);
    }
    if (heard) require(heard->method != Method::icmp || heard->destination_port == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0 || size > 2048) return 0;
    std::uint8_t const choice = data[0];
    bool const v4 = (choice & 1) != 0;
    std::uint8_t const protocol =
        (choice & 2) != 0 ? protocol_tcp : (v4 ? protocol_icmp : protocol_icmpv6);
    auto const bytes = std::as_bytes(std::span(data + 1, size - 1));

    if (auto const reply = decode(bytes, protocol, v4)) check(*reply, v4);
    if (v4) {
        auto packet = made_true(bytes, protocol);
        packet.shrink_to_fit();
        if (auto const reply = decode(packet, protocol, v4)) check(*reply, v4);
    }
    check_quote(bytes);
    check_request(bytes);
    for (std::uint8_t const each : {protocol_udp, protocol_tcp, protocol_icmp, protocol_icmpv6})
        (void)decode_request({.bytes = bytes,
                              .protocol = each,
                              .source = v4 ? IpAddress(IpV4(0xCB007107)) : IpAddress(IpV6()),
                              .received = {}});
    return 0;
}
