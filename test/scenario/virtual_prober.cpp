#include "virtual_prober.hpp"

#include <dtrace/engine/flow_allocator.hpp>
#include <dtrace/engine/reply_router.hpp>
#include <dtrace/engine/round.hpp>
#include <dtrace/packet/arriving_datagram.hpp>
#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/decode_reply.hpp>
#include <dtrace/packet/encode_packet.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/ipv6.hpp>
#include <dtrace/packet/tcp.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

namespace dtrace::test {

namespace {

constexpr packet::Secret secret{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

/// What a host without a listener answers to a SYN-ACK for `flow` (RFC 9293, 3.10.7.1).
std::vector<std::byte> reset(Flow const& flow, std::uint32_t sequence) {
    std::array<std::byte, packet::max_packet_size> buffer{};
    std::array<std::byte, packet::TcpHeader::size> segment{};
    packet::TcpHeader tcp{.source_port = flow.id,
                          .destination_port = flow.destination_port,
                          .sequence = sequence,
                          .flags = packet::tcp_rst};
    std::uint32_t const pseudo = packet::pseudo_header_sum(
        flow.source, flow.destination, packet::protocol_tcp, packet::TcpHeader::size);
    for (int pass = 0; pass < 2; ++pass) {
        packet::ByteWriter out(segment);
        tcp.write(out);
        if (pass == 0) tcp.checksum = packet::complement(pseudo + packet::sum_words(segment));
    }
    packet::ByteWriter out(buffer);
    if (flow.source.is_v4()) {
        packet::Ipv4Header{.total_length = packet::Ipv4Header::size + packet::TcpHeader::size,
                           .dont_fragment = true,
                           .ttl = 64,
                           .protocol = packet::protocol_tcp,
                           .source = flow.source.to_v4(),
                           .destination = flow.destination.to_v4()}
            .write(out);
    } else {
        packet::Ipv6Header{.payload_length = packet::TcpHeader::size,
                           .next_header = packet::protocol_tcp,
                           .hop_limit = 64,
                           .source = flow.source.to_v6(),
                           .destination = flow.destination.to_v6()}
            .write(out);
    }
    out.bytes(segment);
    return {out.written().begin(), out.written().end()};
}

class VirtualProber {
  public:
    VirtualProber(sim::Network& network, VirtualRound const& request, TimePoint start)
        : network_(network), request_(request), start_(start), now_(start) {}

    Trace run() {
        auto const& parameters = request_.parameters;
        Port const port = parameters.port.value_or(default_port(parameters.method));
        engine::FlowAllocator allocator(0);
        auto const lease = allocator.lease({.method = parameters.method,
                                            .source = request_.source,
                                            .destination = request_.target,
                                            .id = parameters.source_port.value_or(0),
                                            .destination_port = port},
                                           engine::make_plan(parameters).flows);
        if (!lease) throw std::runtime_error("no flows left");
        engine::Round round(engine::make_plan(parameters), lease->flows(), start_);
        for (auto const& flow : lease->flows()) {
            encoders_.emplace_back(flow, secret, parameters.tos);
            tags_.emplace_back();
            router_.add(flow, {.flow = static_cast<FlowIndex>(encoders_.size() - 1),
                               .mask = encoders_.back().mask()});
        }
        while (step(round)) {
        }
        engine::TraceHeader header{
            .id = {}, .target = {to_text(request_.target), request_.target}, .started_at = {}};
        return std::move(round).finish(std::move(header), now_);
    }

  private:
    bool step(engine::Round& round) {
        auto const action = round.next(now_);
        if (action.kind == engine::Action::Kind::send) {
            send(round, action.packet);
            deliver_until(round, now_ + request_.pace);
            now_ += request_.pace;
            return true;
        }
        if (action.kind == engine::Action::Kind::wait) {
            bool const reply_first = !arrivals_.empty() && arrivals_.begin()->first <= action.until;
            TimePoint const until = reply_first ? arrivals_.begin()->first : action.until;
            deliver_until(round, until);
            now_ = std::max(now_, until);
            return true;
        }
        return false;
    }

    void send(engine::Round& round, Packet packet) {
        auto const& encoder = encoders_[packet.flow];
        auto const tag = tags_[packet.flow].next(packet.ttl, now_, encoder.mask());
        std::array<std::byte, packet::max_packet_size> bytes{};
        auto const size = encoder.encode(tag, bytes);
        round.on_sent(packet, packet::seal(tag, encoder.mask()), now_);
        into_network(std::span(bytes).first(size), now_);
    }

    void into_network(packet::ByteView bytes, TimePoint at) {
        for (auto& delivery : network_.process(bytes, at))
            arrivals_.emplace(at + delivery.delay, std::move(delivery.bytes));
    }

    void deliver_until(engine::Round& round, TimePoint time) {
        while (!arrivals_.empty() && arrivals_.begin()->first <= time) {
            auto const arrival = arrivals_.extract(arrivals_.begin());
            deliver(round, packet::arriving_datagram(arrival.mapped(), arrival.key()).value());
        }
    }

    void deliver(engine::Round& round, Datagram const& datagram) {
        auto const reply = packet::decode_reply(datagram);
        if (!reply) return;
        auto const& flows = round.flows();
        if (auto const owner = router_.find(reply->flow)) {
            hand_over(round, *reply, *owner);
            if (reply->kind == ReplyKind::syn_ack)
                into_network(reset(flows[owner->flow], reply->tag.value + 1), datagram.received);
            return;
        }
        for (auto const& owner : router_.find_translated(reply->flow))
            hand_over(round, *reply, owner);
    }

    void hand_over(engine::Round& round, Reply const& reply, engine::FlowOwner const& owner) {
        auto const tag = packet::unseal(reply.tag.value, owner.mask);
        round.on_reply({.flow = owner.flow, .ttl = tag.ttl, .reply = reply, .ticks = tag.ticks});
    }

    sim::Network& network_;
    VirtualRound const& request_;
    TimePoint start_;
    TimePoint now_;
    std::vector<packet::FlowEncoder> encoders_;
    std::vector<packet::TagSequence> tags_;
    engine::ReplyRouter router_;
    std::multimap<TimePoint, std::vector<std::byte>> arrivals_;
};

}  // namespace

Trace run_virtual(sim::Network& network, VirtualRound const& request, TimePoint start) {
    return VirtualProber(network, request, start).run();
}

std::vector<std::byte> virtual_packet(Flow const& flow, Ttl ttl) {
    packet::FlowEncoder const encoder(flow, secret);
    std::array<std::byte, packet::max_packet_size> bytes{};
    auto const tag = packet::usable_tag({.ttl = ttl, .ticks = 12345}, encoder.mask());
    auto const size = encoder.encode(tag, bytes);
    return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace dtrace::test
