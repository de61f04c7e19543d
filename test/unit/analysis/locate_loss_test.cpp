#include "lossy_network.hpp"

#include <dtrace/analysis/locate_loss.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::analysis;
using test::diamond;
using test::LossyNetwork;

BOOST_AUTO_TEST_SUITE(locate)

namespace {

constexpr unsigned rounds = 10;
constexpr unsigned attempts = 10;

LossVerdict judge(LossyNetwork& network, unsigned rounds_run = rounds,
                  unsigned attempts_sent = attempts) {
    Evidence evidence;
    network.run(evidence, rounds_run, attempts_sent);
    return locate_loss(evidence);
}

Place place(int node) {
    return {.addresses = {LossyNetwork::address(node)}, .probe = {}, .silent = {}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_measured_is_undecided) {
    auto const verdict = locate_loss({});
    BOOST_TEST((verdict.verdict == Verdict::undecided));
    BOOST_TEST(!verdict.bound);
}

BOOST_AUTO_TEST_CASE(a_clean_network_is_clean_by_the_rule_of_three) {
    auto network = diamond(1);
    auto const verdict = judge(network);
    BOOST_TEST((verdict.verdict == Verdict::clean));
    // The links into 6 are crossed by 4 flows × 100 packets to each of 6, 7 and 8.
    BOOST_REQUIRE(verdict.bound);
    BOOST_TEST(*verdict.bound == rule_of_three(3 * 400));
    BOOST_TEST(verdict.summary == "clean: no link above 0.2 %");
    BOOST_TEST(verdict.flows == 16);
    BOOST_TEST(verdict.sent == 16 * 8 * 100);
    BOOST_TEST(verdict.sent == verdict.answered);
}

BOOST_AUTO_TEST_CASE(the_link_of_which_least_is_known_is_named_with_what_it_lacks) {
    auto network = diamond(1);
    auto const verdict = judge(network, 1, 1);
    BOOST_TEST((verdict.verdict == Verdict::undecided));
    BOOST_REQUIRE(verdict.needed.size() == 1);
    // 3 / 1 %, less 4 flows × 1 packet to each of 6, 7 and 8.
    BOOST_TEST(verdict.needed[0] == "about 287 more packets over 10.0.0.51 → 10.0.0.6");
}

BOOST_AUTO_TEST_CASE(a_lossy_branch_link_is_named_with_its_loss_and_witnesses) {
    auto network = diamond(2);
    network.wire(31, 41).loss = 0.05;
    auto const verdict = judge(network);
    BOOST_TEST((verdict.verdict == Verdict::culprit));
    BOOST_REQUIRE(verdict.culprits.size() == 1);
    auto const& culprit = verdict.culprits.front();
    BOOST_TEST((culprit.segment == Link{place(31), place(41)}));
    BOOST_TEST(culprit.loss.low < 0.05);
    BOOST_TEST(culprit.loss.high > 0.05);
    BOOST_TEST(culprit.loss.high < 0.09);
    BOOST_TEST((culprit.direction == Direction::forward));
    BOOST_TEST(culprit.flows == 4);
    BOOST_TEST(culprit.probes == 1);
    BOOST_REQUIRE(culprit.witnesses.size() == 1);
    BOOST_TEST((culprit.witnesses[0].at == place(8)));
    BOOST_TEST(culprit.witnesses[0].sent == 400);
    BOOST_TEST(culprit.witnesses[0].elsewhere_sent == 1200);
    BOOST_TEST(culprit.witnesses[0].elsewhere_answered == 1200);
    BOOST_TEST(culprit.reason.find("0 of 3600 around it") != std::string::npos, culprit.reason);
    BOOST_TEST(!culprit.change_our_mind.empty());
    // 31 → 41 is named; nothing else is above the bound.
    BOOST_TEST(*verdict.bound < 0.02);
}

BOOST_AUTO_TEST_CASE(loss_on_a_link_that_all_flows_cross_may_be_on_the_way_back) {
    auto network = diamond(3);
    network.wire(1, 2).loss = 0.05;
    auto const verdict = judge(network);
    BOOST_REQUIRE(verdict.culprits.size() == 1);
    BOOST_TEST((verdict.culprits[0].segment == Link{place(1), place(2)}));
    BOOST_TEST((verdict.culprits[0].direction == Direction::forward_or_return));
}

BOOST_AUTO_TEST_CASE(two_lossy_branches_are_both_named) {
    auto network = diamond(4);
    network.wire(2, 32).loss = 0.05;
    network.wire(53, 6).loss = 0.05;
    auto const verdict = judge(network);
    BOOST_REQUIRE(verdict.culprits.size() == 2);
    for (auto const& culprit : verdict.culprits)
        BOOST_TEST((culprit.segment == Link{place(2), place(32)} ||
                    culprit.segment == Link{place(53), place(6)}));
}

BOOST_AUTO_TEST_CASE(links_around_a_silent_hop_are_one_segment) {
    auto network = diamond(5);
    network.responder(41).answers = 0;
    network.wire(31, 41).loss = 0.05;
    auto const verdict = judge(network);
    BOOST_REQUIRE(verdict.culprits.size() == 1);
    auto const& culprit = verdict.culprits.front();
    BOOST_TEST((culprit.segment == Link{place(31), place(51)}));
    BOOST_REQUIRE(culprit.links.size() == 2);
    BOOST_TEST(culprit.links[0].to.silent.has_value());
}

BOOST_AUTO_TEST_CASE(a_branch_that_lets_nothing_through_is_named) {
    auto network = diamond(6);
    network.wire(32, 42).loss = 1;
    auto const verdict = judge(network);
    BOOST_REQUIRE(verdict.culprits.size() == 1);
    BOOST_TEST((verdict.culprits[0].segment.from == place(32)));
    BOOST_TEST(verdict.culprits[0].loss.estimate > 0.99);
}

BOOST_AUTO_TEST_CASE(the_same_counts_give_the_same_verdict) {
    auto network = diamond(7);
    network.wire(31, 41).loss = 0.05;
    Evidence evidence;
    network.run(evidence, rounds, attempts);
    auto const first = locate_loss(evidence);
    auto const second = locate_loss(evidence);
    BOOST_TEST(first.summary == second.summary);
    BOOST_TEST(first.culprits[0].odds == second.culprits[0].odds);
}

BOOST_AUTO_TEST_CASE(a_window_that_has_slid_forgets_the_loss) {
    auto lossy = diamond(8);
    lossy.wire(31, 41).loss = 0.05;
    auto clean = diamond(9);
    Evidence evidence;
    std::vector<Evidence::Share> old;
    lossy.run(evidence, rounds, attempts, &old);
    clean.run(evidence, rounds, attempts);
    BOOST_TEST((locate_loss(evidence).verdict == Verdict::culprit));
    for (auto const& share : old)
        evidence.remove(share);
    BOOST_TEST((locate_loss(evidence).verdict == Verdict::clean));
}

BOOST_AUTO_TEST_SUITE_END()
