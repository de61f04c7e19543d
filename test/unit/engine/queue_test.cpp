#include <dtrace/engine/reply_router.hpp>
#include <dtrace/engine/round_queue.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

using namespace dtrace;
using namespace dtrace::engine;

namespace {

Flow routed_flow(std::uint8_t host, std::uint16_t id) {
    return {.method = Method::udp,
            .source = IpV4({192, 0, 2, 1}),
            .destination = IpV4({198, 51, 100, host}),
            .id = id,
            .destination_port = 33434};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reply_router)

BOOST_AUTO_TEST_CASE(finds_the_owner_by_destination_and_ports) {
    ReplyRouter router;
    router.add(routed_flow(9, 24000), {.round = 1, .flow = 0, .mask = 7});
    router.add(routed_flow(10, 24000), {.round = 2, .flow = 3, .mask = 8});
    Flow natted = routed_flow(10, 24000);
    natted.source = IpV4({10, 0, 0, 1});
    BOOST_TEST(router.find(natted)->round == 2u);
    BOOST_TEST(!router.find(routed_flow(11, 24000)).has_value());
    BOOST_TEST(router.find_translated(routed_flow(11, 24000)).size() == 2u);
    router.remove(routed_flow(10, 24000));
    BOOST_TEST(!router.find(natted).has_value());
    BOOST_TEST(router.find_translated(routed_flow(11, 24000)).size() == 1u);
    BOOST_TEST(router.size() == 1u);
}

BOOST_AUTO_TEST_CASE(agrees_with_a_plain_map_however_flows_come_and_go) {
    std::mt19937 random(7);
    ReplyRouter router;
    std::map<std::pair<int, int>, FlowOwner> truth;
    for (std::uint32_t step = 0; step < 20'000; ++step) {
        int const host = static_cast<int>(random() % 40);
        int const id = static_cast<int>(random() % 40);
        Flow const flow =
            routed_flow(static_cast<std::uint8_t>(host), static_cast<std::uint16_t>(24000 + id));
        // Grows at first, then shrinks.
        if (random() % 100 < (step < 10'000 ? 60u : 40u)) {
            FlowOwner const owner{.round = step, .flow = 1, .mask = 2};
            router.add(flow, owner);
            truth.try_emplace({host, id}, owner);
        } else {
            router.remove(flow);
            truth.erase({host, id});
        }
        BOOST_TEST_REQUIRE(router.size() == truth.size());
        auto const known = truth.find({host, id});
        BOOST_TEST_REQUIRE(router.find(flow).has_value() == (known != truth.end()));
    }
    for (int host = 0; host < 40; ++host)
        for (int id = 0; id < 40; ++id) {
            auto const found = router.find(routed_flow(static_cast<std::uint8_t>(host),
                                                       static_cast<std::uint16_t>(24000 + id)));
            auto const known = truth.find({host, id});
            BOOST_TEST_REQUIRE(found.has_value() == (known != truth.end()));
            if (found) BOOST_TEST((*found == known->second));
        }
    for (int id = 0; id < 40; ++id) {
        auto const same = std::ranges::count_if(
            truth, [&](auto const& entry) { return entry.first.second == id; });
        auto const candidates =
            router.find_translated(routed_flow(200, static_cast<std::uint16_t>(24000 + id)));
        BOOST_TEST(candidates.size() == std::min<std::size_t>(static_cast<std::size_t>(same),
                                                              ReplyRouter::max_candidates));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(round_queue)

BOOST_AUTO_TEST_CASE(ready_rounds_take_turns_and_waiting_ones_come_in_time) {
    RoundQueue queue;
    TimePoint const now{seconds(1)};
    for (RoundNumber const round : {1u, 2u}) {
        queue.make_ready(round);
        BOOST_TEST(queue.take(now).value().round == round);
    }
    queue.make_ready(1);
    queue.make_ready(2);
    queue.make_ready(1);
    BOOST_TEST(queue.take(now).value().round == 1u);
    queue.make_ready(1);
    BOOST_TEST(queue.take(now).value().round == 2u);
    queue.wait_until(2, now + seconds(1));
    BOOST_TEST(queue.take(now).value().round == 1u);
    queue.wait_until(1, now + seconds(2));
    BOOST_TEST(!queue.take(now).has_value());
    BOOST_TEST((queue.next_wake() == now + seconds(1)));
    BOOST_TEST(queue.take(now + seconds(1)).value().round == 2u);
    queue.remove(2);
    queue.make_ready(1);
    BOOST_TEST((queue.next_wake() == TimePoint::max()));
    queue.remove(1);
    BOOST_TEST(!queue.has_ready());
}

BOOST_AUTO_TEST_CASE(new_rounds_get_every_second_turn) {
    RoundQueue queue;
    TimePoint const now{seconds(1)};
    for (RoundNumber round = 0; round < 4; ++round)
        queue.make_ready(round);
    std::vector<RoundNumber> turns;
    for (int i = 0; i < 10; ++i) {
        turns.push_back(queue.take(now).value().round);
        queue.make_ready(turns.back());
    }
    BOOST_TEST((turns == std::vector<RoundNumber>{0, 0, 1, 0, 2, 1, 3, 0, 2, 1}));
}

BOOST_AUTO_TEST_CASE(who_holds_back_has_a_turn_where_nobody_else_is_ready) {
    RoundQueue queue;
    TimePoint const now{seconds(1)};
    for (RoundNumber const round : {1u, 2u, 3u}) {
        queue.make_ready(round);
        BOOST_TEST(queue.take(now)->round == round);
        round == 3u ? queue.make_ready(round) : queue.hold_back(round, now);
    }
    BOOST_TEST(!queue.take(now)->held_back);  // round 3
    BOOST_TEST(!queue.has_ready());
    BOOST_TEST(queue.has_any());
    auto const first = queue.take(now);
    BOOST_TEST(first->round == 1u);
    BOOST_TEST(first->held_back);
    queue.hold_back(1, now);
    BOOST_TEST(queue.take(now)->round == 2u);
    // A reply has come: it goes before those that hold back.
    queue.hold_back(2, now);
    queue.make_ready(2);
    BOOST_TEST(!queue.take(now)->held_back);
    BOOST_TEST(queue.take(now)->round == 1u);
    BOOST_TEST(!queue.has_any());
}

BOOST_AUTO_TEST_CASE(nobody_holds_back_for_long) {
    RoundQueue queue;
    TimePoint const now{seconds(1)};
    for (RoundNumber const round : {1u, 2u}) {
        queue.make_ready(round);
        BOOST_TEST(queue.take(now)->round == round);
    }
    queue.hold_back(1, now);
    TimePoint const later = now + RoundQueue::longest_hold;
    queue.make_ready(2);
    auto const taken = queue.take(later);
    BOOST_TEST(taken->round == 2u);
    queue.make_ready(2);
    BOOST_TEST(queue.take(later)->round == 1u);
    queue.hold_back(1, later);
    queue.remove(1);
    BOOST_TEST(queue.take(later + RoundQueue::longest_hold)->round == 2u);
    BOOST_TEST(!queue.has_any());
}

BOOST_AUTO_TEST_CASE(waiting_rounds_come_in_the_order_of_their_times) {
    std::mt19937 random(3);
    RoundQueue queue;
    std::map<RoundNumber, TimePoint> truth;
    for (int step = 0; step < 5'000; ++step) {
        auto const round = static_cast<RoundNumber>(random() % 200);
        TimePoint const time{microseconds(1 + random() % 1'000)};
        if (random() % 4 == 0) {
            queue.remove(round);
            truth.erase(round);
        } else {
            queue.wait_until(round, time);
            truth[round] = time;
        }
        auto const earliest =
            std::ranges::min_element(truth, {}, [](auto const& entry) { return entry.second; });
        TimePoint const expected = earliest == truth.end() ? TimePoint::max() : earliest->second;
        BOOST_TEST_REQUIRE((queue.next_wake() == expected));
    }
    TimePoint last{};
    while (!truth.empty()) {
        TimePoint const wake = queue.next_wake();
        BOOST_TEST_REQUIRE((wake >= last));
        auto const taken = queue.take(wake);
        BOOST_TEST_REQUIRE(taken.has_value());
        BOOST_TEST_REQUIRE(truth.erase(taken->round) == 1u);
        last = wake;
    }
}

BOOST_AUTO_TEST_SUITE_END()
