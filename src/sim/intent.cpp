#include "responder.hpp"

#include <dtrace/packet/icmp.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/tcp.hpp>
#include <dtrace/packet/udp.hpp>

namespace dtrace::sim {
namespace {

namespace icmp4 = packet::icmp4;
namespace icmp6 = packet::icmp6;

std::size_t slot(Family family) {
    return family == Family::ipv4 ? 0 : 1;
}

/// Errors are answered by silence (RFC 1122 § 3.2.2), and so is what cannot be told to be none.
bool may_get_error(Parcel const& packet) {
    if (packet.is_later_fragment() || packet.destination().is_multicast()) return false;
    auto const transport = packet.transport();
    bool const v4 = packet.family() == Family::ipv4;
    if (packet.protocol() != (v4 ? packet::protocol_icmp : packet::protocol_icmpv6)) return true;
    if (transport.empty()) return false;
    auto const type = std::to_integer<std::uint8_t>(transport[0]);
    return v4 ? type == icmp4::echo_request || type == icmp4::echo_reply
              : type >= icmp6::echo_request;
}

std::optional<IpAddress> source_of_error(Scene const& scene, Trip const& trip, Family family) {
    SceneNode const& node = scene.node(trip.at);
    if (auto const& fixed = node.reply_from[slot(family)]) return fixed;
    if (!trip.crossed.empty()) {
        Exit const& came = trip.crossed.back();
        auto const& link = scene.link(came.link);
        if (auto const& ingress = link.interfaces[came.forward ? 1 : 0][slot(family)])
            return ingress;
    }
    return node.own[slot(family)];
}

PortState state_of(std::unordered_map<Port, PortState> const& ports, Port port,
                   std::optional<PortState> others) {
    if (auto const found = ports.find(port); found != ports.end()) return found->second;
    return others.value_or(PortState::closed);
}

Intent error(Parcel const& packet, IcmpError const& icmp) {
    return {.kind = Intent::error, .from = packet.destination(), .icmp = icmp};
}

Intent udp_intent(Parcel const& packet, SceneNode const& node) {
    auto const header = packet::UdpHeader::parse(packet.transport());
    if (!header) return {.kind = Intent::damaged};
    switch (state_of(node.ports[0], header->destination_port, node.what.udp)) {
        case PortState::open:
            return {};
        case PortState::closed:
            return error(packet, unreachable(packet.family(), Unreachable::port));
        case PortState::filtered:
            break;
        case PortState::prohibited:
            return error(packet, unreachable(packet.family(), Unreachable::prohibited));
    }
    return {.kind = Intent::withheld};
}

Intent tcp_intent(Parcel const& packet, SceneNode const& node) {
    auto const header = packet::TcpHeader::parse(packet.transport());
    if (!header) return {.kind = Intent::damaged};
    switch (state_of(node.ports[1], header->destination_port, node.what.tcp)) {
        case PortState::open:
            return {.kind = Intent::segment, .from = packet.destination(), .listens = true};
        case PortState::closed:
            return {.kind = Intent::segment, .from = packet.destination()};
        case PortState::filtered:
            break;
        case PortState::prohibited:
            return error(packet, unreachable(packet.family(), Unreachable::prohibited));
    }
    return {.kind = Intent::withheld};
}

Intent icmp_intent(Parcel const& packet, SceneNode const& node) {
    auto const header = packet::IcmpHeader::parse(packet.transport());
    if (!header) return {.kind = Intent::damaged};
    bool const v4 = packet.family() == Family::ipv4;
    if (header->type != (v4 ? icmp4::echo_request : icmp6::echo_request)) return {};
    if (!node.what.echo.value_or(true)) return {.kind = Intent::withheld};
    return {.kind = Intent::echo, .from = packet.destination()};
}

Intent arrival_intent(Parcel const& packet, SceneNode const& node) {
    if (packet.is_later_fragment()) return {};
    if (!packet.transport_intact()) return {.kind = Intent::damaged};
    if (node.what.silent.value_or(false)) return {.kind = Intent::withheld};
    bool const v4 = packet.family() == Family::ipv4;
    switch (packet.protocol()) {
        case packet::protocol_udp:
            return udp_intent(packet, node);
        case packet::protocol_tcp:
            return tcp_intent(packet, node);
        case packet::protocol_icmp:
            if (v4) return icmp_intent(packet, node);
            break;
        case packet::protocol_icmpv6:
            if (!v4) return icmp_intent(packet, node);
            break;
        default:
            break;
    }
    return error(packet, unknown_protocol(packet.family()));
}

}  // namespace

Intent intend(Scene const& scene, Parcel const& packet, Trip const& trip, Ending const& ending) {
    SceneNode const& node = scene.node(trip.at);
    if (ending.kind == Ending::arrived) return arrival_intent(packet, node);
    if (!may_get_error(packet)) return {};
    auto const from = source_of_error(scene, trip, packet.family());
    if (!from || node.what.silent.value_or(false)) return {.kind = Intent::withheld};
    return {.kind = Intent::error, .from = *from, .icmp = ending.error};
}

}  // namespace dtrace::sim
