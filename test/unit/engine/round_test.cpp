#include "round_driver.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace dtrace;
using namespace dtrace::test;
using engine::Plan;

namespace {

Hop const& hop(Trace const& trace, int ttl, std::size_t path = 0) {
    return trace.paths.at(path).hops.at(static_cast<std::size_t>(ttl - 1));
}

/// `script`, but packets for which `lost` holds get no answer.
Script without(Script script, std::function<bool(Packet)> lost) {
    return [=](Flow const& flow, Packet packet, TimePoint sent) -> std::vector<ScriptedReply> {
        if (lost(packet)) return {};
        return script(flow, packet, sent);
    };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rounds)

BOOST_AUTO_TEST_CASE(a_chain_is_traced_in_little_more_than_its_round_trip) {
    auto const run = drive({}, {flow_to_target()}, chain(10, milliseconds(8)));
    BOOST_TEST((run.trace.stop_reason == StopReason::completed));
    BOOST_TEST(run.trace.paths.at(0).reached);
    BOOST_TEST(run.trace.paths.at(0).hops.size() == 11u);
    for (int ttl = 1; ttl <= 10; ++ttl) {
        BOOST_TEST(hop(run.trace, ttl).answers.size() == 3u);
        BOOST_TEST(hop(run.trace, ttl).answers.at(0).from == router(ttl));
        BOOST_TEST(hop(run.trace, ttl).answers.at(0).rtt_us == static_cast<unsigned>(ttl) * 8000u);
    }
    BOOST_TEST((hop(run.trace, 11).answers.at(0).kind == ReplyKind::port_unreachable));
    BOOST_TEST(run.trace.packets.sent == 33u);
    BOOST_TEST(run.trace.packets.answered == 33u);
    BOOST_TEST(run.trace.packets.overshoot == run.sent.size() - 33u);
    BOOST_TEST((run.took < milliseconds(88 + 10)));
}

BOOST_AUTO_TEST_CASE(an_answering_target_stops_what_lies_beyond) {
    auto const run = drive({}, {flow_to_target()}, chain(3, microseconds(10)));
    // At a pace of 100 us the target's first answer comes before the next packet leaves.
    BOOST_TEST((std::ranges::all_of(run.sent, [](Packet p) { return p.ttl <= 4; })));
    BOOST_TEST(run.trace.packets.overshoot == 0u);
}

BOOST_AUTO_TEST_CASE(a_silent_hop_is_a_hop_without_answers_and_costs_no_timeout) {
    auto const run = drive({}, {flow_to_target()}, without(chain(6, milliseconds(1)), [](Packet p) {
                               return p.ttl == 3 || p.ttl == 4;
                           }));
    BOOST_TEST((run.trace.stop_reason == StopReason::completed));
    BOOST_TEST(hop(run.trace, 3).answers.empty());
    BOOST_TEST(hop(run.trace, 3).sent == 3u);
    BOOST_TEST(hop(run.trace, 5).answers.size() == 3u);
    BOOST_TEST((run.took < milliseconds(60)));
}

BOOST_AUTO_TEST_CASE(a_target_that_answers_nothing_ends_at_the_gap_limit_after_one_timeout) {
    auto const run = drive({}, {flow_to_target()},
                           without(chain(4, milliseconds(1)), [](Packet p) { return p.ttl > 4; }));
    BOOST_TEST((run.trace.stop_reason == StopReason::gap_limit));
    BOOST_TEST(!run.trace.paths.at(0).reached);
    BOOST_TEST(run.trace.paths.at(0).hops.size() == 9u);
    BOOST_TEST((run.took < milliseconds(520)));
}

BOOST_AUTO_TEST_CASE(a_gap_is_no_end_if_the_target_answers_behind_it) {
    auto const run = drive({}, {flow_to_target()}, without(chain(9, milliseconds(1)), [](Packet p) {
                               return p.ttl >= 2 && p.ttl <= 9;
                           }));
    BOOST_TEST((run.trace.stop_reason == StopReason::completed));
    BOOST_TEST(run.trace.paths.at(0).hops.size() == 10u);
}

BOOST_AUTO_TEST_CASE(a_slow_round_sends_nothing_beyond_its_gap) {
    Plan const plan{.attempts = 1, .timeout = milliseconds(50)};
    auto const run = drive(plan, {flow_to_target()},
                           without(chain(2, milliseconds(1)), [](Packet p) { return p.ttl > 2; }),
                           milliseconds(100));
    BOOST_TEST((run.trace.stop_reason == StopReason::gap_limit));
    BOOST_TEST(run.sent.size() == 7u);
    BOOST_TEST(run.trace.packets.overshoot == 0u);
}

BOOST_AUTO_TEST_CASE(without_a_gap_limit_the_hop_limit_ends_the_round) {
    Plan const plan{.max_hops = 12, .gap_limit = 0};
    auto const run = drive(plan, {flow_to_target()},
                           without(chain(2, milliseconds(1)), [](Packet p) { return p.ttl > 2; }));
    BOOST_TEST((run.trace.stop_reason == StopReason::hop_limit));
    BOOST_TEST(run.trace.paths.at(0).hops.size() == 12u);
}

BOOST_AUTO_TEST_CASE(an_unreachable_message_ends_the_path_where_it_was_said) {
    auto const run = drive(
        {}, {flow_to_target()}, [](Flow const&, Packet p, TimePoint) -> std::vector<ScriptedReply> {
            auto const kind = p.ttl < 3 ? ReplyKind::time_exceeded : ReplyKind::host_unreachable;
            return {{milliseconds(p.ttl), reply_from(router(std::min<int>(p.ttl, 3)), kind)}};
        });
    BOOST_TEST((run.trace.stop_reason == StopReason::unreachable));
    BOOST_TEST(!run.trace.paths.at(0).reached);
    BOOST_TEST(run.trace.paths.at(0).hops.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_port_unreachable_from_the_way_is_no_arrival) {
    auto const run = drive(
        {}, {flow_to_target()}, [](Flow const&, Packet p, TimePoint) -> std::vector<ScriptedReply> {
            auto const kind = p.ttl < 2 ? ReplyKind::time_exceeded : ReplyKind::port_unreachable;
            return {{milliseconds(1), reply_from(router(p.ttl), kind)}};
        });
    BOOST_TEST((run.trace.stop_reason == StopReason::unreachable));
    BOOST_TEST(run.trace.paths.at(0).hops.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_loop_is_a_result) {
    auto const run = drive(
        {}, {flow_to_target()}, [](Flow const&, Packet p, TimePoint) -> std::vector<ScriptedReply> {
            int const shown = p.ttl < 4 ? p.ttl : 4 + p.ttl % 2;
            return {{milliseconds(1) * p.ttl, reply_from(router(shown), ReplyKind::time_exceeded)}};
        });
    BOOST_TEST((run.trace.stop_reason == StopReason::loop));
    BOOST_TEST(run.trace.paths.at(0).hops.size() == 8u);
}

BOOST_AUTO_TEST_CASE(two_answers_of_one_router_in_a_row_are_no_loop) {
    auto const run = drive(
        {}, {flow_to_target()},
        [](Flow const& f, Packet p, TimePoint) -> std::vector<ScriptedReply> {
            if (p.ttl == 7)
                return {{milliseconds(1), reply_from(f.destination, ReplyKind::port_unreachable)}};
            return {{milliseconds(1), reply_from(router(p.ttl / 3), ReplyKind::time_exceeded)}};
        });
    BOOST_TEST((run.trace.stop_reason == StopReason::completed));
}

BOOST_AUTO_TEST_CASE(branches_of_unequal_length_keep_their_tails) {
    std::vector<Flow> const flows{flow_to_target(Method::udp, 24000),
                                  flow_to_target(Method::udp, 24001)};
    auto const run = drive({.flows = 2}, flows, [](Flow const& flow, Packet p, TimePoint t) {
        return chain(flow.id == 24000 ? 3 : 6, milliseconds(1))(flow, p, t);
    });
    BOOST_TEST((run.trace.stop_reason == StopReason::completed));
    BOOST_TEST(run.trace.paths.at(0).hops.size() == 4u);
    BOOST_TEST(run.trace.paths.at(1).hops.size() == 7u);
    BOOST_TEST(run.trace.paths.at(1).source_port.value() == 24001);
}

BOOST_AUTO_TEST_CASE(lost_replies_lower_their_own_hop_only) {
    auto const run = drive({}, {flow_to_target()}, without(chain(5, milliseconds(1)), [](Packet p) {
                               return p.ttl == 2 && p.attempt == 1;
                           }));
    BOOST_TEST(hop(run.trace, 2).sent == 3u);
    BOOST_TEST(hop(run.trace, 2).answers.size() == 2u);
    BOOST_TEST(run.trace.packets.sent == run.trace.packets.answered + 1);
}

BOOST_AUTO_TEST_CASE(duplicates_and_late_replies_are_counted_apart) {
    auto const run = drive(
        {}, {flow_to_target()},
        [](Flow const& flow, Packet p, TimePoint t) {
            auto replies = chain(2, milliseconds(1))(flow, p, t);
            if (p.ttl == 1 && p.attempt == 0) replies.push_back(replies.front());
            if (p.ttl == 2 && p.attempt == 0) replies.front().delay = milliseconds(501);
            // Something must still be waited for when the late one comes.
            if (p.ttl >= 3) replies.front().delay = milliseconds(499);
            if (p.ttl == 3 && p.attempt == 2) replies.clear();
            return replies;
        },
        milliseconds(1));
    BOOST_TEST(run.trace.packets.duplicate == 1u);
    BOOST_TEST(hop(run.trace, 1).answers.size() == 3u);
    BOOST_TEST(run.trace.packets.late == 1u);
    BOOST_TEST(hop(run.trace, 2).answers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_sent_only_after_the_next_question_is_waited_for) {
    // Many packets leave in one system call: the round is asked again before it hears of the first.
    for (bool const automatic : {false, true}) {
        engine::Round round({.attempts = 1, .max_hops = 1, .automatic = automatic},
                            {flow_to_target()}, TimePoint{});
        TimePoint now{};
        auto const packet = to_send(round.next(now));
        auto action = round.next(now);
        round.on_sent(packet, 1, now + microseconds(100));
        for (; action.kind == engine::Action::Kind::wait && now < TimePoint{seconds(1)};
             action = round.next(now))
            now = action.until;
        BOOST_TEST((action.kind == engine::Action::Kind::done && now < TimePoint{seconds(1)}));
    }
}

BOOST_AUTO_TEST_CASE(a_host_that_sends_nothing_makes_an_error) {
    engine::Round round({}, {flow_to_target()}, TimePoint{});
    int refused = 0;
    for (;; ++refused) {
        auto const action = round.next(TimePoint{});
        if (action.kind == engine::Action::Kind::done) break;
        round.send_failed(to_send(action),
                          make_error_code(boost::system::errc::network_unreachable));
    }
    BOOST_TEST(refused == 3);
    auto const trace = std::move(round).finish({}, TimePoint{});
    BOOST_TEST((trace.stop_reason == StopReason::error));
    BOOST_TEST(trace.error.value() == "sending failed: Network is unreachable");
}

BOOST_AUTO_TEST_CASE(a_packet_that_nobody_wants_any_more_can_be_taken_back) {
    TimePoint const now{seconds(1000)};
    Plan const plan{.attempts = 1};
    engine::Round round(plan, {flow_to_target()}, now);
    auto const hand_out = [&] { return to_send(round.next(now)); };
    Packet const first = hand_out();
    round.on_sent(first, 1, now);
    Packet const second = hand_out();
    BOOST_TEST(!round.withdraw(second));  // the path may go there
    round.on_sent(second, 2, now);
    Packet const third = hand_out();

    Reply reply = reply_from(flow_to_target().destination, ReplyKind::port_unreachable);
    reply.received = now + milliseconds(1);
    reply.tag = {.value = 2, .complete = true};
    round.on_reply({.flow = 0, .ttl = second.ttl, .reply = reply, .ticks = 0});
    BOOST_TEST(round.withdraw(third));
    // Nothing is owed: the round waits for its first hop and ends.
    BOOST_TEST((round.next(now + milliseconds(1)).kind == engine::Action::Kind::wait));
    BOOST_TEST((round.next(now + seconds(10)).kind == engine::Action::Kind::done));
}

BOOST_AUTO_TEST_CASE(a_packet_may_overshoot_until_the_hop_before_has_had_its_time) {
    TimePoint const now{seconds(1000)};
    engine::Round round({.attempts = 1}, {flow_to_target()}, now);
    auto const hand_out = [&] { return to_send(round.next(now)); };
    Packet const first = hand_out();
    BOOST_TEST(!round.may_overshoot(first, now));
    round.on_sent(first, 1, now);
    Packet const second = hand_out();
    BOOST_TEST(round.may_overshoot(second, now));
    BOOST_TEST(!round.may_overshoot(second, now + milliseconds(250)));

    Reply reply = reply_from(router(1), ReplyKind::time_exceeded);
    reply.received = now + milliseconds(1);
    reply.tag = {.value = 1, .complete = true};
    round.on_reply({.flow = 0, .ttl = first.ttl, .reply = reply, .ticks = 0});
    BOOST_TEST(!round.may_overshoot(second, now + milliseconds(1)));
}

BOOST_AUTO_TEST_CASE(what_is_known_of_a_path_is_no_overshoot) {
    TimePoint const now{seconds(1000)};
    engine::Round round({.attempts = 1, .expected_hops = 2}, {flow_to_target()}, now);
    auto const hand_out = [&] { return to_send(round.next(now)); };
    round.on_sent(hand_out(), 1, now);
    BOOST_TEST(!round.may_overshoot(hand_out(), now));
}

BOOST_AUTO_TEST_CASE(an_open_tcp_port_is_asked_again_once_it_can_answer) {
    // The target as a TCP stack: half open from a SYN's arrival until our RST arrives.
    TimePoint closed_again{};
    milliseconds const rtt(40);
    auto const run =
        drive({.method = Method::tcp}, {flow_to_target(Method::tcp)},
              [&](Flow const& flow, Packet p, TimePoint sent) -> std::vector<ScriptedReply> {
                  if (p.ttl <= 4) return chain(4, milliseconds(1))(flow, p, sent);
                  TimePoint const arrives = sent + rtt / 2;
                  if (arrives < closed_again) return {};
                  closed_again = arrives + rtt;
                  return {{rtt, reply_from(flow.destination, ReplyKind::syn_ack)}};
              });
    BOOST_TEST((run.trace.stop_reason == StopReason::completed));
    BOOST_TEST(hop(run.trace, 5).sent == 3u);
    BOOST_TEST(hop(run.trace, 5).answers.size() == 3u);
    BOOST_TEST(run.trace.packets.sent == 15u);
    BOOST_TEST(run.trace.packets.answered == 15u);
    BOOST_TEST((run.took < 5 * rtt));
}

BOOST_AUTO_TEST_CASE(loss_before_an_open_tcp_port_is_still_loss) {
    TimePoint closed_again{};
    auto const run =
        drive({.method = Method::tcp}, {flow_to_target(Method::tcp)},
              [&](Flow const& flow, Packet p, TimePoint sent) -> std::vector<ScriptedReply> {
                  if (p.ttl <= 2) return chain(2, milliseconds(1))(flow, p, sent);
                  if (p.ttl == 3 && p.attempt == 0) return {};
                  if (sent < closed_again) return {};
                  closed_again = sent + milliseconds(20);
                  return {{milliseconds(20), reply_from(flow.destination, ReplyKind::syn_ack)}};
              });
    BOOST_TEST(run.trace.paths.at(0).hops.size() == 3u);
    BOOST_TEST(hop(run.trace, 3).sent == 3u);
    BOOST_TEST(hop(run.trace, 3).answers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_a_reply_says_is_kept) {
    auto const run =
        drive({.attempts = 1}, {flow_to_target()}, [](Flow const& flow, Packet p, TimePoint t) {
            auto replies = chain(2, milliseconds(1))(flow, p, t);
            Reply& reply = replies.front().reply;
            if (p.ttl == 1) {
                reply.extensions.labels = {
                    {.label = 1234, .traffic_class = 5, .bottom = true, .ttl = 1}};
                reply.quoted_ttl = 3;
            }
            if (p.ttl == 3) {
                reply.kind = ReplyKind::other_unreachable;
                reply.icmp_code = 4;
                reply.mtu = 1400;
            }
            return replies;
        });
    auto const& first = hop(run.trace, 1).answers.at(0);
    BOOST_TEST(first.labels.value().at(0).label == 1234u);
    BOOST_TEST(first.quoted_ttl.value() == 3);
    BOOST_TEST(!first.icmp_code.has_value());
    auto const& last = hop(run.trace, 3).answers.at(0);
    BOOST_TEST(last.mtu.value() == 1400);
    BOOST_TEST(last.icmp_code.value() == 4);
}

BOOST_AUTO_TEST_SUITE_END()
