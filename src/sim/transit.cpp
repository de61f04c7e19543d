#include "transit.hpp"

namespace dtrace::sim {
namespace {

/// A packet crosses at most 255 links, unless routers leave its TTL alone.
constexpr std::size_t max_links_crossed = 512;

Ending refusal(IcmpError error) {
    return {.kind = Ending::refused, .error = error};
}

TtlFault ttl_fault(SceneNode const& node) {
    return node.what.ttl_fault.value_or(TtlFault::none);
}

bool hides(SceneNode const& node) {
    return ttl_fault(node) == TtlFault::no_decrement || ttl_fault(node) == TtlFault::tunnel;
}

}  // namespace

Transit::Step Transit::look_up(Family family, Goal const& goal, NodeIndex at) {
    if (SceneRoute const* route = scene_.written_route(at, goal.address)) {
        Step step{.exits = route->exits, .end = {}, .ttl_first = route->ttl_first};
        if (route->refusal) step.end = refusal((*route->refusal)[family == Family::ipv4 ? 0 : 1]);
        return step;
    }
    Step step{.exits = {}, .end = refusal(unreachable(family, Unreachable::net))};
    if (goal.owner != no_node) step.exits = scene_.shortest(at, goal.owner);
    if (step.exits.empty()) step.exits = scene_.node(at).gateways;
    return step;
}

Exit Transit::choose(std::span<Exit const> exits, Parcel const& packet, SceneNode const& at,
                     Trip& trip) {
    if (exits.size() == 1) return exits.front();
    std::uint64_t number = 0;
    switch (at.what.balance.value_or(Balance::per_flow)) {
        case Balance::per_flow:
            number = mixed(packet.flow_hash() ^ at.seed);
            break;
        case Balance::per_destination:
            number = mixed(packet.destination_hash() ^ at.seed);
            break;
        case Balance::per_packet:
            trip.certain = false;
            if (chance_) number = chance_->number();
            break;
    }
    std::uint64_t total = 0;
    for (Exit const& exit : exits)
        total += scene_.link(exit.link).weight;
    number %= total;
    for (Exit const& exit : exits) {
        auto const weight = scene_.link(exit.link).weight;
        if (number < weight) return exit;
        number -= weight;
    }
    return exits.back();
}

bool Transit::cross(Exit const& exit, Trip& trip) {
    SceneLink const& link = scene_.link(exit.link);
    std::size_t const direction = exit.forward ? 0 : 1;
    trip.elapsed += microseconds(link.delay_us[direction]);
    trip.at = exit.to;
    if (!chance_) return !link.down && link.loss[direction] < 1;

    LinkCount& count = truth_.links[2 * std::size_t{exit.link} + direction];
    ++count.entered;
    trip.elapsed += chance_->up_to(link.jitter_us);
    if (!link.down && !chance_->happens(link.loss[direction])) return true;
    ++count.lost;
    return false;
}

Ending Transit::give_up(Step const& step) {
    if (step.end.kind == Ending::lost && chance_) ++truth_.black_holed;
    return step.end;
}

/// The route is looked up before the TTL is checked (RFC 1812 § 5.2.1.2), so a router that refuses
/// a packet says so even when its TTL has run out; `ttl_first` has it the other way.
Ending Transit::leave(Parcel& packet, Goal const& goal, Trip& trip) {
    NodeIndex const at = trip.at;
    SceneNode const& node = scene_.node(at);
    bool const is_sender = trip.crossed.empty();
    Step const step = look_up(packet.family(), goal, at);
    if (step.exits.empty() && !step.ttl_first) return give_up(step);

    if (!is_sender && !hides(node)) {
        auto const ttl = packet.ttl();
        bool const spared = ttl == 1 && ttl_fault(node) == TtlFault::forwards_zero;
        if (ttl <= 1 && !spared)
            return {.kind = Ending::expired, .error = time_exceeded(packet.family())};
        if (!step.exits.empty()) packet.set_ttl(static_cast<std::uint8_t>(ttl - 1));
    }
    if (step.exits.empty()) return give_up(step);

    Exit const exit = choose(step.exits, packet, node, trip);
    auto const mtu = scene_.link(exit.link).mtu;
    if (mtu != 0 && packet.bytes().size() > mtu && !packet.may_be_fragmented())
        return refusal(too_big(packet.family(), static_cast<std::uint16_t>(mtu)));
    if (!is_sender && node.what.set_tos) packet.set_tos(*node.what.set_tos);
    if (!is_sender) translate(packet, at, node, trip.translations);
    if (!cross(exit, trip)) return {.kind = Ending::lost};
    trip.crossed.push_back(exit);
    return {.kind = Ending::passed_on};
}

Ending Transit::carry(Parcel& packet, Trip& trip) {
    AddressKey destination = packet.destination_key();
    NodeIndex owner = scene_.owner(destination);
    while (trip.crossed.size() < max_links_crossed) {
        SceneNode const& node = scene_.node(trip.at);
        if (auto const here = translated_destination(packet, node); here != destination) {
            destination = here;
            owner = scene_.owner(destination);
        }
        if (owner == trip.at) return {.kind = Ending::arrived};
        if (node.host && trip.at != trip.from) return {.kind = Ending::lost};
        Ending const ending = leave(packet, {destination, owner}, trip);
        if (ending.kind != Ending::passed_on) return ending;
    }
    return {.kind = Ending::lost};
}

bool Transit::pass_back(Parcel& reply, Trip& trip) {
    SceneNode const& node = scene_.node(trip.at);
    translate_back(reply, trip.at, node, trip.translations);
    if (trip.at == trip.from) return true;
    if (ttl_fault(node) == TtlFault::no_decrement) return true;
    if (reply.ttl() <= 1) return false;
    reply.set_ttl(static_cast<std::uint8_t>(reply.ttl() - 1));
    return true;
}

bool Transit::carry_back(Parcel& reply, Trip& trip) {
    while (!trip.crossed.empty()) {
        Exit const came = trip.crossed.back();
        trip.crossed.pop_back();
        auto const back_to = scene_.link(came.link).ends[came.forward ? 0 : 1];
        if (!cross({.link = came.link, .forward = !came.forward, .to = back_to}, trip))
            return false;
        if (!pass_back(reply, trip)) return false;
    }
    return true;
}

bool Transit::carry_back_routed(Parcel& reply, Trip& trip) {
    for (std::size_t crossed = 0; crossed < max_links_crossed; ++crossed) {
        Goal const goal{reply.destination_key(), scene_.owner(reply.destination_key())};
        if (goal.owner == trip.at) return trip.at == trip.from;
        SceneNode const& node = scene_.node(trip.at);
        if (node.host && crossed > 0) return false;
        Step const step = look_up(reply.family(), goal, trip.at);
        if (step.exits.empty()) return false;
        if (!cross(choose(step.exits, reply, node, trip), trip)) return false;
        if (!pass_back(reply, trip)) return false;
    }
    return false;
}

}  // namespace dtrace::sim
