// What the kernel tells a socket without privileges of a router's error, whatever it holds; and
// names that name servers give.

#include "require.hpp"

#include <dtrace/packet/decode_reply.hpp>
#include <dtrace/packet/encode_packet.hpp>
#include <dtrace/packet/ipv4.hpp>

#include <resolver/host_name.hpp>
#include <unprivileged/rebuilt_reply.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

using namespace dtrace;
using fuzz::require;

namespace {

constexpr std::size_t room = 2048;

Flow flow_of(bool v4, Method method) {
    auto const address = [v4](char const* four, char const* six) {
        return parse<IpAddress>(v4 ? four : six).value();
    };
    return {.method = method,
            .source = address("192.0.2.1", "2001:db8::1"),
            .destination = address("198.51.100.9", "2001:db8::9"),
            .id = 24001,
            .destination_port = std::uint16_t(method == Method::udp ? 33434 : 0)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    constexpr std::size_t numbers = 12;
    if (size < numbers || size > room) return 0;
    std::string_view const text(reinterpret_cast<char const*>(data + numbers), size - numbers);
    if (wire::check_host_name(text))
        require(std::ranges::all_of(text, [](char c) { return c > ' ' && c <= 'z'; }));

    bool const v4 = (data[0] & 1) != 0;
    auto const flow = flow_of(v4, (data[0] & 2) != 0 ? Method::icmp : Method::udp);
    packet::FlowEncoder const encoder(flow, packet::Secret{}, 0);
    std::array<std::byte, room> bytes{};
    auto const sent = std::span<std::byte const>(
        bytes.data(),
        encoder.encode({.ttl = std::uint8_t(1 + data[1] % 127), .ticks = 1025}, bytes));
    wire::OutgoingPacket const outgoing{.bytes = sent, .destination = flow.destination};
    auto const fields = wire::read_fields(outgoing);
    require(fields.has_value());

    auto const any = parse<IpAddress>((data[0] & 4) != 0 ? "203.0.113.7" : "2001:db8::7").value();
    wire::ToldReply const told{.is_error = (data[0] & 8) != 0,
                               .type = data[2],
                               .code = data[3],
                               .info = std::uint32_t{data[4]} << 24 | data[5],
                               .from = any,
                               .ttl = data[6],
                               .tos = data[7],
                               .quoted = std::as_bytes(std::span(data + numbers, size - numbers)),
                               .extension_at = std::size_t{data[8]} << 8 | data[9]};
    std::array<std::byte, room> out{};
    auto const space = std::span(out).first(std::min<std::size_t>(room, data[10] * std::size_t{9}));
    std::size_t const written = wire::rebuild_reply(told, sent, *fields, data[11] % 64, space);
    require(written <= space.size());
    auto const reply =
        packet::decode_reply({.bytes = space.first(written),
                              .protocol = v4 ? packet::protocol_icmp : packet::protocol_icmpv6,
                              .source = any,
                              .received = {}});
    // The packet that it quotes is the one that was sent.
    if (reply && reply->quoted_ttl) require(reply->flow.id == flow.id);
    return 0;
}
