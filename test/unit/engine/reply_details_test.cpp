#include "round_driver.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/encode_packet.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/tcp.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>

using namespace dtrace;
using namespace dtrace::test;
using engine::Plan;

namespace {

/// A chain of two routers, with the replies of one hop changed.
DrivenRound with_hop(Ttl ttl, std::function<void(Reply&)> change, Plan plan = {.attempts = 1}) {
    return drive(plan, {flow_to_target()}, [=](Flow const& flow, Packet p, TimePoint t) {
        auto replies = chain(2, milliseconds(1))(flow, p, t);
        if (p.ttl == ttl) change(replies.front().reply);
        return replies;
    });
}

Answer const& answer_at(DrivenRound const& run, int ttl) {
    return run.trace.paths.at(0).hops.at(static_cast<std::size_t>(ttl - 1)).answers.at(0);
}

/// A reply whose quote shows the flow as it left us.
Reply quoting(Flow const& flow) {
    Reply reply;
    reply.flow = flow;
    reply.quoted_ttl = 1;
    return reply;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reply_details)

BOOST_AUTO_TEST_CASE(everything_attached_is_in_the_answer) {
    auto const run = with_hop(1, [](Reply& reply) {
        reply.extensions = {.labels = {{.label = 7}},
                            .interfaces = {{.index = 3, .name = "eth0"}},
                            .node = NodeIdentity{.name = "r1"},
                            .unknown = {{.class_number = 9, .type = 1, .payload = {{1}}}}};
    });
    auto const& answer = answer_at(run, 1);
    BOOST_TEST(answer.labels.value().at(0).label == 7u);
    BOOST_TEST(answer.interfaces.value().at(0).name.value() == "eth0");
    BOOST_TEST(answer.node.value().name.value() == "r1");
    BOOST_TEST(answer.objects.value().at(0).class_number == 9);
    auto const& plain = answer_at(run, 2);
    BOOST_TEST(!plain.labels);
    BOOST_TEST(!plain.interfaces);
    BOOST_TEST(!plain.node);
    BOOST_TEST(!plain.objects);
    BOOST_TEST(!plain.translation);
}

BOOST_AUTO_TEST_CASE(a_changed_tos_is_told_where_it_differs) {
    Plan const plan{.attempts = 1, .tos = 0x20};
    auto const run = with_hop(
        1, [](Reply& reply) { reply.quoted_tos = 0x20; }, plan);
    BOOST_TEST(!answer_at(run, 1).quoted_tos);
    auto const bleached = with_hop(
        1, [](Reply& reply) { reply.quoted_tos = 0; }, plan);
    BOOST_TEST(answer_at(bleached, 1).quoted_tos.value() == 0);
}

BOOST_AUTO_TEST_CASE(a_remark_counts_only_where_nothing_else_comes) {
    auto const quench = [](Reply& reply) {
        reply.kind = ReplyKind::other;
        reply.icmp_type = 4;
    };
    auto const alone = with_hop(1, quench);
    BOOST_TEST((answer_at(alone, 1).kind == ReplyKind::other));
    BOOST_TEST(answer_at(alone, 1).icmp_type.value() == 4);
    BOOST_TEST(answer_at(alone, 1).icmp_code.value() == 0);
    BOOST_TEST((alone.trace.stop_reason == StopReason::completed));

    auto const beside =
        drive({.attempts = 1}, {flow_to_target()}, [&](Flow const& flow, Packet p, TimePoint t) {
            auto replies = chain(2, milliseconds(1))(flow, p, t);
            ScriptedReply remark{microseconds(100), reply_from(router(9), ReplyKind::other)};
            replies.insert(replies.begin(), {remark, remark});
            return replies;
        });
    BOOST_TEST((beside.trace.stop_reason == StopReason::completed));
    for (auto const& hop : beside.trace.paths.at(0).hops) {
        BOOST_TEST(hop.answers.size() == 1u);
        BOOST_TEST((hop.answers.at(0).kind != ReplyKind::other));
    }
    BOOST_TEST(beside.trace.packets.duplicate >= 3u);
}

BOOST_AUTO_TEST_CASE(a_remark_about_a_far_packet_makes_no_hop) {
    // A source quench names the router that is busy, not the one at the packet's hop.
    auto const run =
        drive({.attempts = 1}, {flow_to_target()},
              [&](Flow const& flow, Packet p, TimePoint t) -> std::vector<ScriptedReply> {
                  if (p.ttl <= 2) return chain(2, milliseconds(1))(flow, p, t);
                  return {{milliseconds(1), reply_from(router(1), ReplyKind::other)}};
              });
    BOOST_TEST((run.trace.stop_reason == StopReason::gap_limit));
    BOOST_TEST(run.trace.paths.at(0).hops.size() == 7u);
}

BOOST_AUTO_TEST_CASE(a_quote_as_it_left_shows_no_translator) {
    auto const flow = flow_to_target();
    auto reply = quoting(flow);
    reply.quoted_checksum = 0x5678;
    BOOST_TEST(!engine::find_translation(reply, flow, 0x12345678));
    BOOST_TEST(!engine::find_translation(Reply{}, flow, 0x12345678));  // nothing quoted
}

BOOST_AUTO_TEST_CASE(rewritten_addresses_are_told) {
    auto const flow = flow_to_target();
    auto reply = quoting(flow);
    reply.flow.source = IpV4({203, 0, 113, 5});
    auto found = engine::find_translation(reply, flow, 0);
    BOOST_TEST(to_text(found.value().source.value()) == "203.0.113.5");
    BOOST_TEST(!found->destination);
    reply = quoting(flow);
    reply.flow.destination = IpV4({10, 0, 0, 5});
    found = engine::find_translation(reply, flow, 0);
    BOOST_TEST(to_text(found.value().destination.value()) == "10.0.0.5");
}

BOOST_AUTO_TEST_CASE(a_checksum_change_is_the_same_whatever_the_packet) {
    auto const flow = flow_to_target();
    for (std::uint32_t const tag : {0x12340001u, 0x1234FFFEu, 0x12348000u}) {
        auto reply = quoting(flow);
        reply.quoted_checksum = packet::fold((tag & 0xFFFF) + 0x4321u);
        auto const found = engine::find_translation(reply, flow, tag);
        BOOST_TEST(found.value().checksum_change.value() == 0x4321);
    }
}

BOOST_AUTO_TEST_CASE(a_checksum_over_ipv6_is_the_high_half_of_the_tag) {
    Flow flow = flow_to_target();
    flow.source = IpV6::loopback();
    flow.destination = IpV6::loopback();
    auto reply = quoting(flow);
    reply.quoted_checksum = 0x1234;
    BOOST_TEST(!engine::find_translation(reply, flow, 0x12345678));
    reply.quoted_checksum = 0x1235;
    BOOST_TEST(engine::find_translation(reply, flow, 0x12345678)->checksum_change.value() == 1);
}

BOOST_AUTO_TEST_CASE(a_whole_tcp_segment_shows_what_its_checksum_does_not_cover) {
    Flow const flow = flow_to_target(Method::tcp);
    packet::FlowEncoder const encoder(flow, {});
    std::array<std::byte, packet::max_packet_size> bytes{};
    auto const size =
        encoder.encode(packet::usable_tag({.ttl = 3, .ticks = 9}, encoder.mask()), bytes);
    auto const segment = packet::ByteView(bytes).first(size).subspan(packet::Ipv4Header::size);
    BOOST_TEST(segment.size() == packet::syn_size);
    auto reply = quoting(flow);
    reply.quoted_sum = packet::fold(packet::sum_words(segment));
    BOOST_TEST(!engine::find_translation(reply, flow, 0));
    reply.quoted_sum = packet::fold(packet::sum_words(segment) + 0x0101);
    BOOST_TEST(engine::find_translation(reply, flow, 0)->checksum_change.value() == 0x0101);
}

BOOST_AUTO_TEST_SUITE_END()
