#include <dtrace/analysis/evidence.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::analysis;

BOOST_AUTO_TEST_SUITE(evidence)

namespace {

IpAddress router(unsigned number) {
    return IpV4(0x0A00'0000u + number);
}

Hop hop(Ttl ttl, std::uint32_t sent, std::vector<unsigned> from,
        ReplyKind kind = ReplyKind::time_exceeded) {
    Hop made{.ttl = ttl, .sent = sent, .answers = {}};
    for (unsigned const number : from)
        made.answers.push_back({.from = router(number), .name = {}, .kind = kind});
    return made;
}

Trace trace_of(std::vector<Hop> hops, bool reached) {
    Trace trace;
    trace.probe = "paris";
    trace.target = {.host = "target", .address = router(9)};
    trace.paths.push_back({.flow = 0,
                           .source_port = Port{24000},
                           .destination_port = Port{33434},
                           .icmp_checksum = {},
                           .reached = reached,
                           .hops = std::move(hops)});
    return trace;
}

Trace ordinary() {
    return trace_of({hop(1, 3, {1, 1, 1}), hop(2, 3, {2, 2}),
                     hop(3, 3, {9, 9, 9}, ReplyKind::port_unreachable)},
                    true);
}

}  // namespace

BOOST_AUTO_TEST_CASE(rounds_of_one_path_are_pooled) {
    Evidence all;
    all.add(ordinary());
    all.add(ordinary());
    BOOST_REQUIRE(all.paths().size() == 1);
    auto const& path = all.paths().front();
    BOOST_TEST(path.rounds == 2);
    BOOST_TEST(path.reached);
    BOOST_REQUIRE(path.hops.size() == 3);
    BOOST_TEST(path.hops[1].sent == 6);
    BOOST_TEST(path.hops[1].answered == 4);
    BOOST_TEST(path.hops[1].node == all.node(router(2)));
    BOOST_TEST(path.scatter == 2 * 8.0 * 8 / 9);
}

BOOST_AUTO_TEST_CASE(what_was_added_can_be_taken_out) {
    Evidence all;
    auto const first = all.add(ordinary());
    all.add(ordinary());
    all.remove(first);
    auto const& path = all.paths().front();
    BOOST_TEST(path.rounds == 1);
    BOOST_TEST(path.hops[0].sent == 3);
    BOOST_TEST(path.hops[1].answered == 2);
    BOOST_TEST(path.scatter == 8.0 * 8 / 9);
}

BOOST_AUTO_TEST_CASE(a_silent_hop_contradicts_nothing) {
    Evidence all;
    all.add(trace_of({hop(1, 3, {1}), hop(2, 3, {}), hop(3, 3, {9}, ReplyKind::echo_reply)}, true));
    all.add(ordinary());
    BOOST_REQUIRE(all.paths().size() == 1);
    BOOST_TEST(all.paths().front().hops[1].node == all.node(router(2)));
    BOOST_TEST(all.paths().front().hops[1].sent == 6);
}

BOOST_AUTO_TEST_CASE(another_router_is_another_path) {
    Evidence all;
    all.add(ordinary());
    all.add(trace_of({hop(1, 3, {1, 1, 1}), hop(2, 3, {7, 7, 7}),
                      hop(3, 3, {9, 9, 9}, ReplyKind::port_unreachable)},
                     true));
    BOOST_REQUIRE(all.paths().size() == 2);
    BOOST_TEST(all.next_of_flow()[1] == 0);
    BOOST_TEST(all.paths()[0].rounds == 1);
    BOOST_TEST(all.paths()[1].rounds == 1);
}

BOOST_AUTO_TEST_CASE(several_routers_at_one_place_are_one_node) {
    Evidence all;
    all.add(trace_of({hop(1, 3, {2, 1, 2})}, false));
    auto const node = all.paths().front().hops.front().node;
    BOOST_TEST(node == all.node(std::vector{router(1), router(2)}));
    // A round that hears only one of them says nothing else.
    all.add(trace_of({hop(1, 3, {1})}, false));
    BOOST_TEST(all.paths().size() == 1);
}

BOOST_AUTO_TEST_CASE(packets_behind_the_target_do_not_count) {
    Evidence all;
    all.add(ordinary());
    all.add(trace_of({hop(1, 3, {1}), hop(2, 3, {2}), hop(3, 3, {}), hop(4, 3, {}), hop(5, 3, {})},
                     false));
    BOOST_REQUIRE(all.paths().size() == 1);
    BOOST_REQUIRE(all.paths().front().hops.size() == 3);
    BOOST_TEST(all.paths().front().hops[2].sent == 6);
    BOOST_TEST(all.paths().front().hops[2].answered == 3);
}

BOOST_AUTO_TEST_CASE(a_routers_word_that_it_cannot_go_on_is_a_packet_lost) {
    Evidence all;
    auto last = hop(3, 3, {9, 9}, ReplyKind::port_unreachable);
    last.answers.push_back({.from = router(2), .name = {}, .kind = ReplyKind::host_unreachable});
    all.add(trace_of({hop(1, 3, {1}), hop(2, 3, {2}), last}, true));
    auto const& counts = all.paths().front().hops[2];
    BOOST_TEST(counts.node == all.node(router(9)));
    BOOST_TEST(counts.answered == 2);
}

BOOST_AUTO_TEST_CASE(a_round_that_proves_nothing_is_void) {
    Evidence all;
    auto dropped = ordinary();
    dropped.packets.receiver_dropped = 1;
    auto cancelled = ordinary();
    cancelled.stop_reason = StopReason::cancelled;
    auto failed = ordinary();
    failed.stop_reason = StopReason::error;
    auto unresolved = ordinary();
    unresolved.target.address.reset();
    for (auto const& trace : {dropped, cancelled, failed, unresolved})
        BOOST_TEST(all.add(trace).empty());
    BOOST_TEST(all.voided() == 4);
    BOOST_TEST(all.paths().empty());
}

BOOST_AUTO_TEST_CASE(a_flow_on_ever_new_paths_keeps_few_of_them) {
    Evidence all;
    for (unsigned round = 0; round < 100; ++round)
        all.add(trace_of(
            {hop(1, 3, {1}), hop(2, 3, {100 + round}), hop(3, 3, {9}, ReplyKind::echo_reply)},
            true));
    BOOST_TEST(all.paths().size() <= 9);
    std::uint32_t rounds = 0;
    for (auto const& path : all.paths())
        rounds += path.rounds;
    BOOST_TEST(rounds == 100);
}

BOOST_AUTO_TEST_SUITE_END()
