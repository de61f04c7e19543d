// Links around a router that answers too little to tell what is lost before it from what is lost
// behind it.

#include "lossy_trace.hpp"
#include "two_into_one.hpp"

#include <dtrace/analysis/locate_loss.hpp>
#include <dtrace/analysis/loss_watch.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace dtrace;
using namespace dtrace::analysis;
using test::LossyNetwork;
using test::two_into_one;

BOOST_AUTO_TEST_SUITE(around_router)

namespace {

constexpr std::uint64_t runs = 40;

LossVerdict judge_around(LossyNetwork& network) {
    Evidence evidence;
    network.run(evidence, 20, 10);
    return locate_loss(evidence);
}

bool is_only(Place const& place, int node) {
    return place.addresses == std::vector{LossyNetwork::address(node)};
}

bool names_link(LossVerdict const& verdict, int from, int to) {
    return std::ranges::any_of(verdict.culprits, [&](Culprit const& culprit) {
        return std::ranges::any_of(culprit.links, [&](Link const& link) {
            return is_only(link.from, from) && is_only(link.to, to);
        });
    });
}

/// The loss that 5 does not tell apart: what comes to it over 2 and 3, or what goes on to 7.
LossyNetwork doubtful(std::uint64_t seed) {
    auto network = two_into_one(seed);
    network.wire(2, 5).loss = network.wire(3, 5).loss = 0.05;
    network.responder(5).answers = 0.6;
    return network;
}

void add_flow(LossyNetwork& network, std::vector<LossyNetwork::Stop> stops, std::uint64_t number,
              std::string probe = "p", int source = 0) {
    int const target = stops.back().front();
    network.flow({.probe = std::move(probe),
                  .source = source,
                  .target = target,
                  .number = number,
                  .stops = std::move(stops)});
}

/// The culprit of all, if it is one around 5; else nobody has been named.
Culprit around_five(LossVerdict const& verdict) {
    if (verdict.culprits.size() != 1 || !verdict.culprits.front().router) return {};
    BOOST_TEST(is_only(*verdict.culprits.front().router, 5));
    return verdict.culprits.front();
}

}  // namespace

BOOST_AUTO_TEST_CASE(around_a_router_that_answers_too_little_no_single_link_is_guessed) {
    std::vector<std::vector<std::pair<int, int>>> const truths{{{2, 5}, {3, 5}}, {{5, 7}}};
    for (auto const& truth : truths) {
        int right = 0;
        int told = 0;
        for (std::uint64_t seed = 1; seed <= runs; ++seed) {
            auto network = two_into_one(seed);
            for (auto const& [from, to] : truth)
                network.wire(from, to).loss = 0.05;
            network.responder(5).answers = 0.6;
            auto const verdict = judge_around(network);
            bool const all = std::ranges::all_of(truth, [&](auto const& ends) {
                return names_link(verdict, ends.first, ends.second);
            });
            right += all ? 1 : 0;
            if (verdict.culprits.size() != 1 || verdict.culprits.front().links.size() != 3)
                continue;
            auto const& culprit = verdict.culprits.front();
            bool const around = describe(culprit.segment) == "10.0.0.2|10.0.0.3 → 10.0.0.7";
            told += around && culprit.reason.find("before 10.0.0.5") != std::string::npos ? 1 : 0;
        }
        BOOST_TEST(right >= 36);
        BOOST_TEST(told >= 36);
    }
}

BOOST_AUTO_TEST_CASE(around_one_that_answers_in_full_it_is_named) {
    int named = 0;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
        auto network = two_into_one(seed);
        network.wire(5, 7).loss = 0.05;
        auto const verdict = judge_around(network);
        named += verdict.culprits.size() == 1 && verdict.culprits.front().links.size() == 1 &&
                         names_link(verdict, 5, 7)
                     ? 1
                     : 0;
    }
    BOOST_TEST(named >= 36);
}

BOOST_AUTO_TEST_CASE(a_flow_that_ends_at_the_router_changes_nothing) {
    // What both links into 5 lose may as well be lost behind it; the rest is of one of them.
    int told = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto network = two_into_one(seed);
        network.wire(2, 5).loss = 0.2;
        network.wire(3, 5).loss = 0.3;
        network.responder(5).answers = 0.6;
        Evidence evidence;
        network.run(evidence, 20, 10);
        network.flows().clear();
        add_flow(network, {{1}, {2}, {5}}, 100);
        network.run(evidence, 1, 10);
        told += std::ranges::any_of(locate_loss(evidence).culprits,
                                    [](Culprit const& culprit) { return !!culprit.router; })
                    ? 1
                    : 0;
    }
    BOOST_TEST(told >= 9);
}

BOOST_AUTO_TEST_CASE(it_counts_what_crosses_any_of_its_links) {
    // The probes come to it by a link each.
    for (bool const before : {true, false}) {
        LossyNetwork network(7);
        for (int flow = 0; flow < 12; ++flow) {
            int const which = flow % 3;
            bool const around = which == 2;
            add_flow(network, {{1}, {2 + which}, {around ? 6 : 5}, {around ? 8 : 7}, {9}},
                     static_cast<std::uint64_t>(flow), "p" + std::to_string(which), 1000 + which);
        }
        network.responder(5).answers = 0.6;
        if (before)
            network.wire(2, 5).loss = network.wire(3, 5).loss = 0.05;
        else
            network.wire(5, 7).loss = 0.05;
        auto const culprit = around_five(judge_around(network));
        BOOST_REQUIRE(culprit.router);
        BOOST_TEST(culprit.probes == 2);
        BOOST_TEST(culprit.flows == 8);
        BOOST_TEST(culprit.witnesses.size() == 2);
    }
}

BOOST_AUTO_TEST_CASE(its_reason_says_what_was_counted) {
    auto network = doubtful(3);
    auto const culprit = around_five(judge_around(network));
    BOOST_REQUIRE(culprit.router);
    BOOST_REQUIRE(culprit.witnesses.size() == 1);
    // 8 flows of 200 packets to 7 and 9; 4 pass by 5 on their way to 9.
    auto const& witness = culprit.witnesses.front();
    BOOST_TEST(witness.sent == 1600);
    BOOST_TEST(
        culprit.reason ==
        "80 of 1600 packets over it go unanswered at 10.0.0.9, 0 of 800 around it; it is lost "
        "before 10.0.0.5, in it or behind it: that router answers too little to tell");
}

BOOST_AUTO_TEST_CASE(before_a_link_is_who_answers_there) {
    auto network = two_into_one(3);
    network.wire(5, 7).loss = 0.05;
    auto const verdict = judge_around(network);
    BOOST_REQUIRE(verdict.culprits.size() == 1);
    BOOST_TEST(
        verdict.culprits.front().reason.ends_with("; 10.0.0.5 before it answers 1600 of 1600"),
        verdict.culprits.front().reason);
}

BOOST_AUTO_TEST_CASE(its_ends_are_those_of_all_links) {
    // Behind it or before it a silent hop: its links are two in a row.
    auto behind = [](std::uint64_t seed) {
        auto network = doubtful(seed);
        for (auto& flow : network.flows())
            if (flow.stops[2].front() == 5) flow.stops.insert(flow.stops.begin() + 3, {11});
        network.responder(11).answers = 0;
        network.wire(2, 5).loss = network.wire(3, 5).loss = 0;
        network.wire(11, 7).loss = 0.05;
        return network;
    };
    auto network = behind(5);
    auto const culprit = around_five(judge_around(network));
    BOOST_REQUIRE(culprit.router);
    BOOST_TEST(describe(culprit) == "10.0.0.2|10.0.0.3 → 10.0.0.7");
    BOOST_TEST(culprit.links.size() == 4);
}

BOOST_AUTO_TEST_CASE(an_end_without_an_address_keeps_its_name) {
    // The probe's first link leads into it, others come to 7 and 8 without it.
    LossyNetwork network(1);
    for (int flow = 0; flow < 12; ++flow) {
        bool const around = flow % 3 == 2;
        add_flow(network, {{around ? 6 : 5}, {7 + flow % 2}, {9}},
                 static_cast<std::uint64_t>(flow));
    }
    network.responder(5).answers = 0.6;
    network.wire(0, 5).loss = 0.05;
    auto const culprit = around_five(judge_around(network));
    BOOST_REQUIRE(culprit.router);
    BOOST_TEST(describe(culprit) == "probe p → 10.0.0.7|10.0.0.8");
}

BOOST_AUTO_TEST_CASE(more_packets_may_tell_its_links_apart) {
    int certain = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto network = doubtful(seed);
        LossWatch watch;
        while (!watch.certain() && watch.rounds() < 200)
            watch.add(test::lossy_round(network, 10));
        auto const verdict = watch.conclude();
        if (!around_five(verdict).router) continue;
        certain += watch.certain() ? 1 : 0;
    }
    BOOST_TEST(certain == 0);
}

BOOST_AUTO_TEST_SUITE_END()
