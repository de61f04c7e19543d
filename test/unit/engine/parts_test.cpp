#include <dtrace/engine/flow_allocator.hpp>
#include <dtrace/engine/pacer.hpp>
#include <dtrace/engine/packet_table.hpp>
#include <dtrace/engine/send_order.hpp>
#include <dtrace/engine/target_pacers.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <map>
#include <set>
#include <tuple>

using namespace dtrace;
using namespace dtrace::engine;

namespace {

Flow flow_to(std::uint8_t host, std::uint16_t id = 0) {
    return {.method = Method::udp,
            .source = IpV4({192, 0, 2, 1}),
            .destination = IpV4({198, 51, 100, host}),
            .id = id,
            .destination_port = 33434};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(send_order)

BOOST_AUTO_TEST_CASE(every_packet_once_by_step_flow_and_attempt) {
    for (FlowIndex const flows : {FlowIndex{1}, FlowIndex{2}, FlowIndex{16}, FlowIndex{64}}) {
        for (Attempt const attempts : {Attempt{1}, Attempt{3}, Attempt{10}}) {
            Plan const plan{.flows = flows, .attempts = attempts, .first_hop = 3, .max_hops = 20};
            SendOrder order(plan);
            std::set<Packet> seen;
            std::tuple<int, FlowIndex, Attempt> before;
            while (auto const packet = order.next()) {
                int const step = packet->ttl + packet->flow + packet->attempt;
                std::tuple const place(step, packet->flow, packet->attempt);
                BOOST_TEST_REQUIRE((before < place));
                before = place;
                BOOST_TEST_REQUIRE(packet->ttl >= 3);
                BOOST_TEST_REQUIRE(packet->ttl <= 20);
                BOOST_TEST_REQUIRE(seen.insert(*packet).second);
            }
            BOOST_TEST(seen.size() == std::size_t{flows} * attempts * 18u);
            BOOST_TEST(!order.next());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_hop_gets_its_attempts_before_the_hops_far_behind_it) {
    SendOrder order({.attempts = 3});
    std::map<Ttl, std::size_t> completed_at;
    std::map<Ttl, int> count;
    for (std::size_t i = 0; auto const packet = order.next(); ++i)
        if (++count[packet->ttl] == 3) completed_at[packet->ttl] = i;
    SendOrder again({.attempts = 3});
    for (std::size_t i = 0; auto const packet = again.next(); ++i)
        if (packet->ttl > 3) {
            BOOST_TEST(i > completed_at[static_cast<Ttl>(packet->ttl - 3)]);
        }
}

BOOST_AUTO_TEST_CASE(a_layer_is_never_hit_in_a_burst) {
    SendOrder order({.flows = 64, .attempts = 3});
    Ttl last = 0;
    int in_a_row = 0;
    int longest = 0;
    while (auto const packet = order.next()) {
        in_a_row = packet->ttl == last ? in_a_row + 1 : 1;
        last = packet->ttl;
        longest = std::max(longest, in_a_row);
    }
    BOOST_TEST(longest <= 3);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(packet_table)

BOOST_AUTO_TEST_CASE(every_packet_has_a_place_of_its_own) {
    for (bool const automatic : {false, true}) {
        Plan const plan{
            .flows = 5, .attempts = 7, .first_hop = 2, .max_hops = 9, .automatic = automatic};
        PacketTable const table(plan, TimePoint{});
        std::set<PacketTable::Index> seen;
        for (FlowIndex flow = 0; flow < 5; ++flow)
            for (Ttl ttl = 2; ttl <= 9; ++ttl)
                for (Attempt attempt = 0; attempt < 7; ++attempt) {
                    auto const index = table.index_of({flow, ttl, attempt});
                    BOOST_TEST(index < 5u * 8 * 7);
                    BOOST_TEST(seen.insert(index).second);
                }
    }
}

BOOST_AUTO_TEST_CASE(packets_in_a_row_lie_side_by_side) {
    Plan const plan{.flows = 16, .attempts = 3, .max_hops = 30};
    PacketTable const table(plan, TimePoint{});
    SendOrder order(plan);
    PacketTable::Index previous = 0;
    int jumps = 0;
    while (auto const packet = order.next()) {
        auto const index = table.index_of(*packet);
        jumps += index > previous + 4 || index + 4 < previous;
        previous = index;
    }
    BOOST_TEST(jumps < 100);  // of 1,440 packets
}

BOOST_AUTO_TEST_CASE(what_became_of_a_packet_leaves_its_time_and_tag_alone) {
    PacketTable table({}, TimePoint{});
    TimePoint const sent{microseconds(123'456)};
    Packet const packet{.ttl = 2}, other{.ttl = 2, .attempt = 1};
    table.set_sent(packet, 0xFFFF'FFFF, sent);
    BOOST_TEST((table.state(packet) == PacketState::waiting));
    for (auto const state : {PacketState::failed, PacketState::shadowed, PacketState::answered}) {
        table.set_state(packet, state);
        BOOST_TEST((table.state(packet) == state));
        BOOST_TEST(table.tag(packet) == 0xFFFF'FFFFu);
        BOOST_TEST(table.age(packet, sent + microseconds(7)).count() == 7);
    }
    BOOST_TEST((table.state(other) == PacketState::unsent));
}

BOOST_AUTO_TEST_CASE(age_survives_the_wrap_of_its_29_bits) {
    TimePoint const start{};
    PacketTable table({}, start);
    TimePoint const sent = start + microseconds((std::int64_t{1} << 29) - 50);
    table.set_sent({}, 1, sent);
    BOOST_TEST(table.age({}, sent + microseconds(120)).count() == 120);
    BOOST_TEST(table.age({}, sent - microseconds(3)).count() == -3);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(pacer)

BOOST_AUTO_TEST_CASE(keeps_its_rate_even_when_looked_at_late) {
    for (double const rate : {10.0, 997.0, 10'000.0, 100'000.0}) {
        Pacer pacer(rate, milliseconds(5));
        TimePoint now{seconds(5)};
        pacer.resume(now);
        TimePoint const end = now + seconds(10);
        long sent = 0;
        unsigned jitter = 1;
        while (now < end) {
            while (pacer.may_send(now)) {
                pacer.on_sent(now);
                ++sent;
            }
            jitter = jitter * 1103515245u + 12345u;
            now = std::max(pacer.ready_at(), now) + microseconds(jitter >> 16 & 0xFFF);
        }
        BOOST_TEST(std::abs(static_cast<double>(sent) / (10 * rate) - 1) < 0.02,
                   "rate " << rate << " sent " << sent);
    }
}

BOOST_AUTO_TEST_CASE(a_start_is_no_burst) {
    Pacer pacer(1000, milliseconds(5));
    TimePoint const now{seconds(1)};
    pacer.resume(now);
    BOOST_TEST(pacer.may_send(now));
    pacer.on_sent(now);
    BOOST_TEST(!pacer.may_send(now));
    BOOST_TEST((pacer.ready_at() == now + milliseconds(1)));
}

BOOST_AUTO_TEST_CASE(lateness_is_made_up_for_within_the_credit_and_a_rest_is_not) {
    Pacer pacer(1000, milliseconds(5));
    pacer.resume(TimePoint{seconds(1)});
    pacer.on_sent(TimePoint{seconds(1)});
    auto const at_once = [&](TimePoint now) {
        int count = 0;
        for (; pacer.may_send(now); ++count)
            pacer.on_sent(now);
        return count;
    };
    BOOST_TEST(at_once(TimePoint{seconds(50)}) == 6);
    pacer.resume(TimePoint{seconds(100)});
    BOOST_TEST(at_once(TimePoint{seconds(100)}) == 1);
}

BOOST_AUTO_TEST_CASE(arrears_are_made_up_for_without_a_burst) {
    for (bool const with_arrears : {true, false}) {
        Pacer pacer(1000, milliseconds(5), with_arrears ? milliseconds(100) : milliseconds(0));
        TimePoint now{seconds(1)};
        pacer.resume(now);
        int sent = 0;
        int most_at_once = 0;
        // Each tenth of a second the machine is busy with something else for 20 ms.
        while (now < TimePoint(seconds(11))) {
            int at_once = 0;
            for (; pacer.may_send(now); ++at_once)
                pacer.on_sent(now);
            sent += at_once;
            most_at_once = std::max(most_at_once, at_once);
            auto const next = pacer.ready_at();
            Duration const phase = next.time_since_epoch() % milliseconds(100);
            now = std::max(next, next - phase + milliseconds(20));
        }
        BOOST_TEST(most_at_once <= 7);
        BOOST_TEST((std::abs(sent - 10'000) < 200) == with_arrears, sent);
    }
}

BOOST_AUTO_TEST_CASE(after_a_rest_nothing_is_made_up_for) {
    Pacer pacer(1000, milliseconds(5), milliseconds(100));
    pacer.resume(TimePoint{seconds(1)});
    pacer.on_sent(TimePoint{seconds(1)});
    pacer.on_sent(TimePoint{seconds(2)});  // late by far
    pacer.resume(TimePoint{seconds(3)});
    pacer.on_sent(TimePoint{seconds(3)});
    BOOST_TEST((pacer.ready_at() == TimePoint(seconds(3)) + milliseconds(1)));
}

BOOST_AUTO_TEST_CASE(rounds_to_one_target_share_its_pacer) {
    TargetPacers pacers(100, milliseconds(100));
    TimePoint const now{seconds(7)};
    Pacer& first = pacers.enter(flow_to(9).destination);
    Pacer& second = pacers.enter(flow_to(9).destination);
    BOOST_TEST(&first == &second);
    BOOST_TEST(&pacers.enter(flow_to(10).destination) != &first);
    int at_once = 0;
    for (; first.may_send(now); ++at_once)
        first.on_sent(now);
    BOOST_TEST(at_once == 11);
    pacers.leave(flow_to(9).destination);
    BOOST_TEST(!second.may_send(now));
    pacers.leave(flow_to(9).destination);
    BOOST_TEST(pacers.enter(flow_to(9).destination).may_send(now));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(flow_allocator)

BOOST_AUTO_TEST_CASE(no_flow_is_leased_twice_at_a_time_and_the_same_come_back) {
    FlowAllocator allocator(1);
    std::vector<Flow> first_flows;
    {
        auto const first = allocator.lease(flow_to(9), 16);
        auto const second = allocator.lease(flow_to(9), 16);
        BOOST_TEST_REQUIRE(first.has_value());
        BOOST_TEST_REQUIRE(second.has_value());
        std::set<std::uint16_t> ids;
        for (auto const* lease : {&*first, &*second})
            for (auto const& flow : lease->flows()) {
                BOOST_TEST(flow.id >= first_source_port);
                BOOST_TEST(flow.id <= last_source_port);
                ids.insert(flow.id);
            }
        BOOST_TEST(ids.size() == 32u);
        first_flows = first->flows();
    }
    BOOST_TEST((allocator.lease(flow_to(9), 16)->flows() == first_flows));
}

BOOST_AUTO_TEST_CASE(flows_begin_where_they_are_wished) {
    FlowAllocator allocator(1);
    auto wished = flow_to(9);
    wished.id = last_source_port;
    auto const first = allocator.lease(wished, 2);
    BOOST_TEST_REQUIRE(first.has_value());
    BOOST_TEST(first->flows()[0].id == last_source_port);
    BOOST_TEST(first->flows()[1].id == first_source_port);
    auto const next = allocator.lease(wished, 1);
    BOOST_TEST_REQUIRE(next.has_value());
    BOOST_TEST(next->flows()[0].id == first_source_port + 1);
}

BOOST_AUTO_TEST_CASE(a_used_up_range_is_said) {
    FlowAllocator allocator(1);
    std::vector<FlowLease> leases;
    while (auto lease = allocator.lease(flow_to(9), 256))
        leases.push_back(std::move(*lease));
    BOOST_TEST(leases.size() == 34u);
    BOOST_TEST(allocator.lease(flow_to(10), 256).has_value());
    leases.clear();
    BOOST_TEST(allocator.lease(flow_to(9), 256).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
