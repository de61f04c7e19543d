#include "round_driver.hpp"

#include <dtrace/packet/tag.hpp>

#include <boost/test/unit_test.hpp>

#include <initializer_list>

using namespace dtrace;
using namespace dtrace::test;
using engine::Plan;

BOOST_AUTO_TEST_SUITE(round_replies)

BOOST_AUTO_TEST_CASE(a_tag_that_was_never_sent_is_foreign) {
    engine::Round round({}, {flow_to_target()}, TimePoint{});
    auto const action = round.next(TimePoint{});
    round.on_sent(to_send(action), 0x0077'0001, TimePoint{});
    Reply reply = reply_from(router(1), ReplyKind::time_exceeded);
    reply.received = TimePoint{milliseconds(1)};
    for (Ttl const ttl : std::initializer_list<Ttl>{0, 1, 2, 30, 31, 127}) {
        reply.tag = {.value = 0x0078'0001, .complete = true};
        round.on_reply({.flow = 0, .ttl = ttl, .reply = reply, .ticks = 0});
    }
    auto const trace = std::move(round).finish({}, TimePoint{milliseconds(2)});
    BOOST_TEST(trace.packets.foreign == 6u);
    BOOST_TEST(trace.packets.answered == 0u);
    BOOST_TEST((trace.stop_reason == StopReason::cancelled));
}

BOOST_AUTO_TEST_CASE(what_answers_an_earlier_round_is_late) {
    TimePoint const start{seconds(1000)};
    TimePoint const received = start + milliseconds(100);
    auto const late = [&](Duration age, Ttl ttl, bool complete = true) {
        engine::Round round({}, {flow_to_target()}, start);
        Reply reply = reply_from(router(1), ReplyKind::time_exceeded);
        reply.received = received;
        reply.tag = {.value = 0x0078'0001, .complete = complete};
        round.on_reply(
            {.flow = 0, .ttl = ttl, .reply = reply, .ticks = packet::ticks_of(received - age)});
        auto const trace = std::move(round).finish({}, received);
        BOOST_TEST(trace.packets.late + trace.packets.foreign == 1u);
        return trace.packets.late == 1u;
    };
    BOOST_TEST((late(milliseconds(101), 1) && late(seconds(10), 30)));
    // A packet that this round would have sent itself, one from before all rounds, another TTL.
    BOOST_TEST(!late(milliseconds(99), 1));
    BOOST_TEST(!late(seconds(11), 1));
    BOOST_TEST(!late(-milliseconds(1), 1));
    BOOST_TEST(!late(seconds(1), 0));
    BOOST_TEST(!late(seconds(1), 31));
    BOOST_TEST(!late(seconds(1), 1, false));
}

BOOST_AUTO_TEST_CASE(a_router_with_any_number_of_addresses_is_heard_up_to_a_limit) {
    unsigned replies = 0;
    Plan const plan{.attempts = 100, .max_hops = 60, .gap_limit = 0};
    auto const run = drive(
        plan, {flow_to_target()},
        [&](Flow const&, Packet, TimePoint) -> std::vector<ScriptedReply> {
            return {{milliseconds(1), reply_from(IpV4(++replies), ReplyKind::time_exceeded)}};
        },
        microseconds(10));
    BOOST_TEST(replies == 6'000u);
    BOOST_TEST(run.trace.packets.answered == 4'096u);
    BOOST_TEST(run.trace.packets.foreign == 6'000u - 4'096u);
}

BOOST_AUTO_TEST_CASE(half_a_tag_is_enough_where_it_is_unambiguous) {
    engine::Round round({.attempts = 3, .max_hops = 1}, {flow_to_target()}, TimePoint{});
    for (std::uint32_t const tag : {0x0001'0005u, 0x0002'0006u, 0x0002'0007u})
        round.on_sent(to_send(round.next(TimePoint{})), tag, TimePoint{});
    Reply reply = reply_from(router(1), ReplyKind::time_exceeded);
    reply.received = TimePoint{milliseconds(1)};
    for (std::uint32_t const half : {0x0001'0000u, 0x0002'0000u, 0x0003'0000u}) {
        reply.tag = {.value = half, .complete = false};
        round.on_reply({.flow = 0, .ttl = 1, .reply = reply, .ticks = 0});
    }
    auto const trace = std::move(round).finish({}, TimePoint{milliseconds(2)});
    BOOST_TEST(trace.packets.answered == 1u);
    BOOST_TEST(trace.packets.foreign == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
