#include "mda_network.hpp"

#include <dtrace/engine/mda.hpp>
#include <dtrace/engine/stopping_point.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

using namespace dtrace;
using namespace dtrace::test;
using engine::Plan;

namespace {

/// Packets by TTL.
std::map<int, unsigned> by_hop(DrivenRound const& run) {
    std::map<int, unsigned> count;
    for (Packet const packet : run.sent)
        ++count[packet.ttl];
    return count;
}

Multipath const& multipath(DrivenRound const& run) {
    return run.trace.multipath.value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mda)

BOOST_AUTO_TEST_CASE(stopping_points_are_those_of_the_paper) {
    std::vector<unsigned> const points95{1,  6,  11, 16, 21, 27, 33, 38,  44,  51,
                                         57, 63, 70, 76, 83, 90, 96, 103, 110, 117};
    std::vector<unsigned> const points99{1,  8,  15, 21, 28,  36,  43,  51,  58,  66,
                                         74, 82, 90, 98, 106, 115, 123, 132, 140, 149};
    for (unsigned k = 1; k <= 20; ++k) {
        BOOST_TEST(engine::stopping_point(k, 0.05) == points95[k - 1], k);
        BOOST_TEST(engine::stopping_point(k, 0.01) == points99[k - 1], k);
    }
    BOOST_TEST(engine::stopping_point(32, 0.05) == 203u);
    BOOST_TEST(engine::stopping_point(32, 0.01) == 255u);
    BOOST_TEST(engine::stopping_point(64, 0.05) == 453u);
}

BOOST_AUTO_TEST_CASE(repetitions_tell_per_packet_balancing_apart) {
    BOOST_TEST(engine::repetitions(1, 0.05) == 0u);
    BOOST_TEST(engine::repetitions(2, 0.05) == 5u);
    BOOST_TEST(engine::repetitions(4, 0.05) == 3u);
    BOOST_TEST(engine::repetitions(16, 0.05) == 2u);
    BOOST_TEST(engine::repetitions(2, 0.01) == 7u);
}

BOOST_AUTO_TEST_CASE(four_ways_take_28_packets) {
    auto const run = explore(parallel_ways(4, 1), 1);
    BOOST_TEST(addresses_in(run.trace) == 7u);
    BOOST_TEST(multipath(run).discovery_packets == 28u);
    BOOST_TEST(multipath(run).repeated_packets == 3u);
    BOOST_TEST(run.sent.size() == 31u);
    BOOST_TEST(run.trace.packets.overshoot == 0u);
    BOOST_TEST(multipath(run).complete);
    BOOST_TEST((multipath(run).balancing == Balancing::per_flow));
    BOOST_TEST(int{multipath(run).confidence} == 95);
    BOOST_REQUIRE_EQUAL(multipath(run).hops.size(), 1U);
    BOOST_TEST((multipath(run).hops[0] == BalancedHop{2, 4, 21, Balancing::per_flow}));
    BOOST_TEST((by_hop(run) == std::map<int, unsigned>{{1, 1}, {2, 24}, {3, 5}, {4, 1}}));
    BOOST_TEST((run.trace.stop_reason == StopReason::completed));
    // 80 ms to the target: flow 0 there and back at each hop, and two waves more.
    BOOST_TEST((run.took < milliseconds(300)));
}

BOOST_AUTO_TEST_CASE(where_ways_come_together_one_flow_on_each_and_one_more_are_enough) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        auto const run = explore(parallel_ways(4, 1), seed);
        auto hops = by_hop(run);
        if (addresses_in(run.trace) == 7) BOOST_TEST(hops[3] == 5u, seed);
        BOOST_TEST(run.sent.size() <= 31u, seed);
    }
}

BOOST_AUTO_TEST_CASE(the_next_hop_shows_that_flows_keep_to_their_way) {
    int found = 0;
    for (std::size_t const width : {2u, 4u, 16u})
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            auto const run = explore(parallel_ways(width, 2), seed);
            if (addresses_in(run.trace) != 2 * width + 3) continue;
            ++found;
            BOOST_TEST(multipath(run).repeated_packets == 0u, width);
            BOOST_TEST((multipath(run).balancing == Balancing::per_flow), width);
            BOOST_TEST(multipath(run).complete);
        }
    BOOST_TEST(found >= 12);
}

BOOST_AUTO_TEST_CASE(sixteen_ways_take_fewer_than_200_packets) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        auto const run = explore(parallel_ways(16, 2), seed);
        BOOST_TEST(addresses_in(run.trace) == 35u);
        BOOST_TEST(multipath(run).discovery_packets < 195u);
        BOOST_TEST(run.sent.size() < 200u);
        BOOST_TEST(multipath(run).complete);
        BOOST_TEST((run.took < seconds(1)));
    }
}

BOOST_AUTO_TEST_CASE(a_single_path_has_no_balancer) {
    auto const run = explore(parallel_ways(1, 8), 1);
    BOOST_TEST(addresses_in(run.trace) == 11u);
    BOOST_TEST((multipath(run).balancing == Balancing::none));
    BOOST_TEST(multipath(run).hops.empty());
    BOOST_TEST(multipath(run).repeated_packets == 0u);
    // One to the first hop and to the target, six to each hop between.
    BOOST_TEST(multipath(run).discovery_packets - run.trace.packets.overshoot == 2u + 9 * 6);
    BOOST_TEST(run.trace.packets.overshoot <= 2u);
}

BOOST_AUTO_TEST_CASE(more_confidence_takes_more_packets) {
    auto const run = explore(parallel_ways(4, 1), 1, {.confidence = 99});
    BOOST_TEST(int{multipath(run).confidence} == 99);
    BOOST_TEST(multipath(run).hops.at(0).flows == 29);
    BOOST_TEST(multipath(run).complete);
}

BOOST_AUTO_TEST_CASE(per_packet_balancing_is_told_apart) {
    unsigned told = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        auto network = parallel_ways(2, 1);
        network.layers[0][0].per_packet = true;
        auto const run = explore(network, seed);
        if (multipath(run).balancing == Balancing::per_packet) ++told;
    }
    BOOST_TEST(told >= 93u);
}

BOOST_AUTO_TEST_CASE(per_flow_balancing_is_never_taken_for_per_packet) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed)
        BOOST_TEST(
            (multipath(explore(parallel_ways(3, 2), seed)).balancing == Balancing::per_flow));
}

BOOST_AUTO_TEST_CASE(a_longer_branch_is_followed_to_its_end) {
    // r1 – {a, b}; a – r2; b – c – r2: at hop 3 there are r2 and c, at hop 4 the target and r2.
    LayeredNetwork network;
    network.layers = {one_router({0, 1}),
                      {{.next = {0}}, {.next = {1}}},
                      {{.next = {}}, {.next = {0}}},
                      one_router({})};
    auto const run = explore(network, 1);
    BOOST_TEST(addresses_in(run.trace) == network.vertices());
    BOOST_TEST((run.trace.stop_reason == StopReason::completed));
    BOOST_TEST(multipath(run).complete);
}

BOOST_AUTO_TEST_CASE(a_silent_branch_counts_as_one) {
    auto const network = parallel_ways(2, 1);
    auto const script = script_of(network, 3);
    auto const run = explore(network, 3, {}, [&](Flow const& flow, Packet p, TimePoint t) {
        auto replies = script(flow, p, t);
        bool const silent = p.ttl == 2 && replies.front().reply.outer.from == router(2, 0);
        return silent ? std::vector<ScriptedReply>{} : replies;
    });
    BOOST_TEST(addresses_in(run.trace) == 4u);
    BOOST_REQUIRE_EQUAL(multipath(run).hops.size(), 1U);
    BOOST_TEST(multipath(run).hops[0].routers == 2);
    BOOST_TEST((run.trace.stop_reason == StopReason::completed));
}

BOOST_AUTO_TEST_CASE(silence_is_asked_again) {
    auto const network = parallel_ways(4, 1);
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto const script = script_of(network, seed);
        std::mt19937_64 random(seed);
        auto const run = explore(network, seed, {}, [&](Flow const& flow, Packet p, TimePoint t) {
            return random() % 10 == 0 ? std::vector<ScriptedReply>{} : script(flow, p, t);
        });
        BOOST_TEST(addresses_in(run.trace) == 7u);
        BOOST_TEST((run.trace.stop_reason == StopReason::completed));
    }
}

BOOST_AUTO_TEST_CASE(a_target_that_is_silent_ends_at_the_gap_limit) {
    auto const script = script_of(parallel_ways(4, 1), 1);
    auto const run =
        explore(parallel_ways(4, 1), 1, {}, [&](Flow const& flow, Packet p, TimePoint t) {
            return p.ttl > 3 ? std::vector<ScriptedReply>{} : script(flow, p, t);
        });
    BOOST_TEST((run.trace.stop_reason == StopReason::gap_limit));
    BOOST_TEST(addresses_in(run.trace) == 6u);
    BOOST_TEST(run.trace.paths.at(0).hops.size() == 8u);
    BOOST_TEST(run.trace.paths.at(0).hops.back().sent == 3u);
}

BOOST_AUTO_TEST_CASE(asking_a_silent_tail_again_costs_less_than_a_timeout) {
    engine::Plan const plan;
    engine::Plan const once{.attempts = 1};
    auto const nothing = [](Flow const&, Packet, TimePoint) {
        return std::vector<ScriptedReply>{};
    };
    auto const script = script_of(parallel_ways(4, 1), 1);
    auto const silent_target = [&](Flow const& flow, Packet p, TimePoint t) {
        return p.ttl > 3 ? std::vector<ScriptedReply>{} : script(flow, p, t);
    };
    for (Script const& answers : {Script(nothing), Script(silent_target)}) {
        auto const asked_once = explore(parallel_ways(4, 1), 1, once, answers);
        auto const asked_often = explore(parallel_ways(4, 1), 1, plan, answers);
        BOOST_TEST(asked_often.sent.size() > asked_once.sent.size());
        BOOST_TEST((asked_often.took < asked_once.took + plan.timeout));
    }
}

BOOST_AUTO_TEST_CASE(a_late_answer_to_the_first_of_several_attempts_counts) {
    // The target is much farther than what is before it: flow 0 has asked again meanwhile, once.
    auto network = parallel_ways(2, 1);
    network.per_hop = milliseconds(1);
    auto const script = script_of(network, 1);
    auto const run = explore(network, 1, {}, [&](Flow const& flow, Packet p, TimePoint t) {
        auto replies = script(flow, p, t);
        if (p.ttl > 3) replies.front().delay = milliseconds(260);
        return replies;
    });
    BOOST_TEST((run.trace.stop_reason == StopReason::completed));
    BOOST_TEST(addresses_in(run.trace) == 5u);
    BOOST_TEST(multipath(run).complete);
    BOOST_TEST(run.trace.paths.at(0).hops.back().answers.size() == 2u);
    BOOST_TEST(run.trace.paths.at(0).hops.back().sent == 2u);
}

BOOST_AUTO_TEST_CASE(a_far_hop_that_answers_is_not_asked_again) {
    // From hop 3 on all is on the other side of an ocean.
    auto const script = script_of(parallel_ways(1, 3), 1);
    for (auto const far : {milliseconds(70), milliseconds(150), milliseconds(230)}) {
        auto const run =
            explore(parallel_ways(1, 3), 1, {}, [&](Flow const& flow, Packet p, TimePoint t) {
                auto replies = script(flow, p, t);
                replies.front().delay = milliseconds(p.ttl) + (p.ttl > 2 ? far : milliseconds(0));
                return replies;
            });
        BOOST_TEST((run.trace.stop_reason == StopReason::completed));
        for (auto const& hop : run.trace.paths.at(0).hops)
            BOOST_TEST(hop.sent == 1u, far.count() << " ms, hop " << int{hop.ttl});
        // One to the first hop and to the target, six to each hop between.
        BOOST_TEST(multipath(run).discovery_packets - run.trace.packets.overshoot == 2u + 4 * 6);
        BOOST_TEST(run.trace.packets.overshoot <= 5u);
    }
}

BOOST_AUTO_TEST_CASE(a_far_hop_of_a_known_path_is_not_asked_again) {
    // Known to take 600 ms, after a first hop that takes one.
    engine::Plan const known{.timeout = seconds(1),
                             .expected_hops = 2,
                             .tail_timeout = std::optional<Duration>(seconds(1))};
    LayeredNetwork network;
    network.layers = {one_router({})};
    auto const script = script_of(network, 1);
    auto const run = explore(network, 1, known, [&](Flow const& flow, Packet p, TimePoint t) {
        auto replies = script(flow, p, t);
        replies.front().delay = p.ttl > 1 ? milliseconds(600) : milliseconds(1);
        return replies;
    });
    BOOST_TEST((run.trace.stop_reason == StopReason::completed));
    BOOST_TEST(run.sent.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_packet_that_has_not_left_is_not_late) {
    engine::Mda mda({.flows = 256, .gap_limit = 2, .automatic = true});
    TimePoint const start{seconds(1000)};
    auto const is_for_hop = [](std::optional<Packet> const& packet, int ttl) {
        return packet && packet->flow == 0 && packet->ttl == ttl;
    };
    auto const first = mda.next(start);
    BOOST_TEST_REQUIRE(is_for_hop(first, 1));
    BOOST_TEST(!mda.next(start + seconds(10)).has_value());
    BOOST_TEST((mda.wake() == TimePoint::max()));
    mda.on_sent(*first, start + seconds(10));
    BOOST_TEST((mda.wake() > start + seconds(10)));
    auto const second = mda.next(mda.wake());
    BOOST_TEST_REQUIRE(is_for_hop(second, 2));
    // That is as far as it goes; now the first hop is asked again, and the second when it has left.
    auto const again = mda.next(mda.wake());
    BOOST_TEST_REQUIRE(is_for_hop(again, 1));
    BOOST_TEST(int{again->attempt} == 1);
    BOOST_TEST((mda.wake() == TimePoint::max()));
    BOOST_TEST(!mda.next(start + seconds(20)).has_value());
    mda.on_sent(*second, start + seconds(20));
    BOOST_TEST((mda.wake() > start + seconds(20)));
    BOOST_TEST(is_for_hop(mda.next(mda.wake()), 2));
}

BOOST_AUTO_TEST_CASE(flows_that_went_to_some_hops_only_say_so) {
    auto const run = explore(parallel_ways(4, 1), 1);
    BOOST_TEST(!run.trace.paths.at(0).partial.has_value());
    BOOST_TEST(run.trace.paths.at(0).reached);
    BOOST_TEST(run.trace.paths.size() == 21u);
    for (std::size_t i = 1; i < run.trace.paths.size(); ++i)
        BOOST_TEST(run.trace.paths[i].partial.value());
    BOOST_TEST(run.trace.packets.sent == run.sent.size());
    BOOST_TEST(run.trace.packets.answered == run.sent.size());
}

BOOST_AUTO_TEST_SUITE_END()
