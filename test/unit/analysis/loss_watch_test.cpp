#include "lossy_trace.hpp"

#include <dtrace/analysis/loss_watch.hpp>

#include <boost/test/unit_test.hpp>

#include <random>
#include <utility>

using namespace dtrace;
using namespace dtrace::analysis;

BOOST_AUTO_TEST_SUITE(watch_for_loss)

namespace {

IpAddress router(unsigned number) {
    return IpV4(0x0A00'0000u + number);
}

/// 32 flows of 3 packets a hop over one of two routers, behind one of which some packets are lost.
Trace round_of(std::mt19937& random, double loss) {
    std::uniform_real_distribution<double> share;
    Trace trace;
    trace.target = {.host = "target", .address = router(9)};
    for (unsigned flow = 0; flow < 32; ++flow) {
        unsigned const branch = 2 + flow % 2;
        Path path{.flow = static_cast<FlowIndex>(flow),
                  .source_port = static_cast<Port>(24000 + flow),
                  .destination_port = Port{33434},
                  .icmp_checksum = {},
                  .reached = true,
                  .hops = {}};
        for (unsigned const node : {1u, branch, 4u, 9u}) {
            Hop hop{.ttl = static_cast<Ttl>(path.hops.size() + 1), .sent = 3, .answers = {}};
            for (int packet = 0; packet < 3; ++packet)
                if (branch == 2 || node < 4 || share(random) >= loss)
                    hop.answers.push_back({.from = router(node),
                                           .name = {},
                                           .kind = node == 9 ? ReplyKind::port_unreachable
                                                             : ReplyKind::time_exceeded});
            path.hops.push_back(std::move(hop));
        }
        trace.paths.push_back(std::move(path));
    }
    return trace;
}

/// Rounds until it is certain, 200 at most.
LossWatch watch(std::mt19937& random, double loss) {
    LossWatch watch;
    while (!watch.certain() && watch.rounds() < 200)
        watch.add(round_of(random, loss));
    return watch;
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_stops_early_when_it_is_certain) {
    std::mt19937 random(1);
    auto const clean = watch(random, 0);
    BOOST_TEST((clean.conclude().verdict == Verdict::clean));
    BOOST_TEST(clean.rounds() <= 20);
    auto const lossy = watch(random, 0.1);
    BOOST_TEST((lossy.conclude().verdict == Verdict::culprit));
    BOOST_TEST(lossy.rounds() <= 20);
}

BOOST_AUTO_TEST_CASE(looking_often_does_not_call_a_lossy_network_clean) {
    // 1.5 % on half of the flows: more than "clean" may mean.
    int clean = 0;
    for (unsigned seed = 1; seed <= 40; ++seed) {
        std::mt19937 random(seed);
        clean += watch(random, 0.015).conclude().verdict == Verdict::clean ? 1 : 0;
    }
    BOOST_TEST(clean <= 2);
}

BOOST_AUTO_TEST_CASE(it_does_not_stop_at_the_first_of_two_lossy_links) {
    int both = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto network = test::diamond(seed);
        for (auto const& [from, to] : {std::pair(1, 2), std::pair(31, 41)})
            network.wire(from, to).loss = 0.05;
        LossWatch watch;
        while (!watch.certain() && watch.rounds() < 100)
            watch.add(test::lossy_round(network, 3));
        both += watch.conclude().culprits.size() == 2 ? 1 : 0;
    }
    BOOST_TEST(both >= 9);
}

BOOST_AUTO_TEST_CASE(what_few_rounds_exclude_by_chance_is_looked_for_further) {
    // Neighbours: only one router has seen what the first of them loses.
    int named = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        auto network = test::diamond(seed);
        network.wire(31, 41).loss = network.wire(41, 51).loss = 0.05;
        LossWatch watch;
        while (!watch.certain() && watch.rounds() < 100)
            watch.add(test::lossy_round(network, 3));
        auto const verdict = watch.conclude();
        std::size_t links = 0;
        for (auto const& culprit : verdict.culprits)
            links += culprit.links.size();
        named += links >= 2 ? 1 : 0;
    }
    BOOST_TEST(named >= 17);
}

BOOST_AUTO_TEST_CASE(it_looks_less_and_less_often) {
    std::mt19937 random(1);
    LossWatch watch;
    int looks = 0;
    for (int round = 0; round < 100; ++round)
        looks += watch.add(round_of(random, 0.004)) ? 1 : 0;
    BOOST_TEST(looks >= 8);
    BOOST_TEST(looks <= 16);
}

BOOST_AUTO_TEST_CASE(looking_often_names_no_reluctant_router) {
    int accused = 0;
    int stopped = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        auto network = test::diamond(seed);
        for (int const node : {1, 2, 31, 32, 33, 34, 41, 42, 43, 44, 51, 52, 53, 54, 6, 7, 8})
            network.responder(node).answers = 0.2 + 0.8 * network.random();
        if (seed % 2) network.responder(8).answers = 1;
        LossWatch watch;
        while (!watch.certain() && watch.rounds() < 60)
            watch.add(test::lossy_round(network, 3));
        accused += watch.conclude().culprits.empty() ? 0 : 1;
        stopped += watch.certain() ? 1 : 0;
    }
    BOOST_TEST(accused == 0);
    BOOST_TEST(stopped > 0);
}

BOOST_AUTO_TEST_SUITE_END()
