#include "round_driver.hpp"

#include <dtrace/engine/path_memory.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace dtrace;
using namespace dtrace::test;
using engine::PathMemories;
using engine::PathMemory;
using engine::Plan;
using engine::with_memory;

namespace {

/// A path of so many routers and the target, 8 ms further each.
PathMemory known_path(Ttl hops, bool reached = true) {
    PathMemory memory{.hops = hops, .reached = reached};
    for (Ttl ttl = 1; ttl <= hops; ++ttl)
        memory.rtts_us.push_back(ttl * 8000u);
    return memory;
}

Script silent_behind(int routers) {
    return [=](Flow const& flow, Packet p, TimePoint t) -> std::vector<ScriptedReply> {
        if (p.ttl > routers) return {};
        return chain(routers, milliseconds(8))(flow, p, t);
    };
}

Ttl furthest(DrivenRound const& run) {
    return std::ranges::max(run.sent, {}, &Packet::ttl).ttl;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(path_memory)

BOOST_AUTO_TEST_CASE(a_known_path_is_not_overshot) {
    auto const first = drive({}, {flow_to_target()}, chain(10, milliseconds(8)));
    BOOST_TEST(first.trace.packets.overshoot > 0u);
    BOOST_TEST(int{first.learned.hops} == 11);
    BOOST_TEST(first.learned.reached);
    BOOST_TEST(first.learned.rtts_us.at(4) == 40'000u);
    auto const again =
        drive(with_memory({}, first.learned), {flow_to_target()}, chain(10, milliseconds(8)));
    BOOST_TEST(again.sent.size() == 33u);
    BOOST_TEST(again.trace.packets.overshoot == 0u);
    BOOST_TEST((again.trace.stop_reason == StopReason::completed));
    BOOST_TEST((again.learned == first.learned));
}

BOOST_AUTO_TEST_CASE(a_path_that_got_longer_is_found_in_the_same_round) {
    for (int routers : {11, 12, 20}) {
        auto const run = drive(with_memory({}, known_path(11)), {flow_to_target()},
                               chain(routers, milliseconds(8)));
        BOOST_TEST((run.trace.stop_reason == StopReason::completed), routers);
        BOOST_TEST(run.trace.paths.at(0).hops.size() == static_cast<std::size_t>(routers + 1));
        for (auto const& hop : run.trace.paths.at(0).hops)
            BOOST_TEST(hop.answers.size() == 3u);
    }
}

BOOST_AUTO_TEST_CASE(a_path_that_got_longer_behind_a_silent_router_is_found_too) {
    auto const run = drive(with_memory({}, known_path(6)), {flow_to_target()},
                           [](Flow const& flow, Packet p, TimePoint t) {
                               if (p.ttl == 6) return std::vector<ScriptedReply>{};
                               return chain(8, milliseconds(8))(flow, p, t);
                           });
    BOOST_TEST((run.trace.stop_reason == StopReason::completed));
    BOOST_TEST(run.trace.paths.at(0).hops.size() == 9u);
}

BOOST_AUTO_TEST_CASE(a_path_that_got_shorter_ends_where_it_ends) {
    auto const run =
        drive(with_memory({}, known_path(11)), {flow_to_target()}, chain(4, milliseconds(8)));
    BOOST_TEST((run.trace.stop_reason == StopReason::completed));
    BOOST_TEST(run.trace.paths.at(0).hops.size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_known_silent_tail_costs_one_adapted_timeout) {
    auto const first = drive({}, {flow_to_target()}, silent_behind(4));
    BOOST_TEST((first.took >= milliseconds(500)));
    BOOST_TEST((first.took < milliseconds(520)));
    BOOST_TEST(int{first.learned.hops} == 4);
    BOOST_TEST(!first.learned.reached);
    auto const again = drive(with_memory({}, first.learned), {flow_to_target()}, silent_behind(4));
    BOOST_TEST((again.trace.stop_reason == StopReason::gap_limit));
    BOOST_TEST(again.trace.paths.at(0).hops.size() == 9u);
    // Three times 32 ms is below the floor of 100 ms.
    BOOST_TEST((again.took >= milliseconds(100)));
    BOOST_TEST((again.took < milliseconds(110)));
    BOOST_TEST(int{furthest(again)} == 9);
}

BOOST_AUTO_TEST_CASE(a_target_that_has_fallen_silent_costs_two) {
    auto const run = drive(with_memory({}, known_path(5)), {flow_to_target()}, silent_behind(4));
    BOOST_TEST((run.trace.stop_reason == StopReason::gap_limit));
    BOOST_TEST(run.trace.paths.at(0).hops.size() == 9u);
    BOOST_TEST((run.took < milliseconds(2 * 120 + 10)));
}

BOOST_AUTO_TEST_CASE(the_timeout_is_never_exceeded) {
    Plan const plan{.timeout = milliseconds(60)};
    auto const known = with_memory(plan, known_path(11));
    BOOST_TEST((known.tail_timeout.value() == milliseconds(60)));
    auto const far = with_memory({}, known_path(20));
    BOOST_TEST((far.tail_timeout.value() == milliseconds(480)));
    BOOST_TEST((with_memory({}, known_path(1)).tail_timeout == engine::least_tail_timeout));
}

BOOST_AUTO_TEST_CASE(late_and_further_replies_are_counted_apart) {
    auto const run =
        drive({.attempts = 1, .timeout = milliseconds(100)}, {flow_to_target()},
              [](Flow const& flow, Packet p, TimePoint t) -> std::vector<ScriptedReply> {
                  auto replies = chain(3, milliseconds(20))(flow, p, t);
                  if (p.ttl == 1) replies.front().delay = milliseconds(150);
                  if (p.ttl == 2) replies.push_back({milliseconds(41), replies.front().reply});
                  if (p.ttl == 4) replies.push_back({milliseconds(200), replies.front().reply});
                  return replies;
              });
    BOOST_TEST(run.trace.packets.duplicate == 1u);
    BOOST_TEST(run.trace.paths.at(0).hops.at(0).answers.empty());
}

BOOST_AUTO_TEST_CASE(nothing_known_changes_nothing) {
    BOOST_TEST(int{with_memory({}, {}).expected_hops} == 0);
    BOOST_TEST(!with_memory({}, {}).tail_timeout.has_value());
    Plan const later{.first_hop = 9};
    BOOST_TEST(int{with_memory(later, known_path(5)).expected_hops} == 0);
    Plan const endless{.gap_limit = 0};
    BOOST_TEST(int{with_memory(endless, known_path(5, false)).expected_hops} == 30);
}

BOOST_AUTO_TEST_CASE(memories_are_bounded_and_the_last_used_stay) {
    PathMemories memories(2);
    auto const flow = [](std::uint8_t last) {
        Flow made = flow_to_target();
        made.destination = IpV4({198, 51, 100, last});
        return made;
    };
    memories.keep(flow(1), known_path(1));
    memories.keep(flow(2), known_path(2));
    BOOST_TEST(int{memories.recall(flow(1)).hops} == 1);
    memories.keep(flow(3), known_path(3));
    BOOST_TEST(memories.size() == 2u);
    BOOST_TEST(int{memories.recall(flow(1)).hops} == 1);
    BOOST_TEST(int{memories.recall(flow(2)).hops} == 0);
    memories.keep(flow(1), known_path(9));
    BOOST_TEST(int{memories.recall(flow(1)).hops} == 9);
    memories.keep(flow(1), {});
    BOOST_TEST(memories.size() == 1u);
    auto other = flow(3);
    other.method = Method::icmp;
    BOOST_TEST(int{memories.recall(other).hops} == 0);
}

BOOST_AUTO_TEST_SUITE_END()
