#include "both_ways.hpp"
#include "loss/responder_model.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::analysis;
using test::BothWays;
using test::LossyNetwork;

BOOST_AUTO_TEST_SUITE(one_way_counts)

namespace {

IpAddress node_address(unsigned number) {
    return LossyNetwork::address(static_cast<int>(number));
}

/// One flow of probe "p" over 1 and 2 to 9: packets to each hop, and how many were answered.
struct OneFlow {
    Evidence evidence;

    Evidence::Share add(std::vector<std::pair<unsigned, std::uint32_t>> const& answers,
                        std::uint32_t sent = 10) {
        std::vector<HopCounts> hops;
        bool reached = false;
        for (auto const& [number, answered] : answers) {
            reached = reached || (number == 9 && answered > 0);
            hops.push_back(
                {.node = answered > 0 ? evidence.node(node_address(number)) : silent_node,
                 .sent = sent,
                 .answered = answered});
        }
        return evidence.add({.flow = {.probe = evidence.probe("p"),
                                      .target = evidence.node(node_address(9)),
                                      .header = 1},
                             .reached = reached,
                             .hops = hops});
    }
    [[nodiscard]] FlowPath const& path() const { return evidence.paths().front(); }
};

BothWays::Situation const& situation(std::string const& part) {
    static auto const all = BothWays::situations();
    auto const found = std::ranges::find_if(
        all, [&](auto const& each) { return each.name.find(part) != std::string::npos; });
    BOOST_REQUIRE_MESSAGE(found != all.end(), part);
    return *found;
}

LossVerdict counted_verdict(std::string const& part, std::uint64_t seed, double loss = 0.1) {
    auto network = BothWays::network(seed, true);
    situation(part).spoil(network, loss);
    return BothWays::judge(network, 10, 10);
}

bool has_link(Culprit const& culprit, int from, int to) {
    return std::ranges::any_of(culprit.links, [&](Link const& link) {
        return link.from.addresses == std::vector{LossyNetwork::address(from)} &&
               link.to.addresses == std::vector{LossyNetwork::address(to)};
    });
}

/// One culprit, which loses a tenth on the way there, by the counts of the other end.
Culprit only_culprit(LossVerdict const& verdict) {
    BOOST_REQUIRE_MESSAGE(verdict.culprits.size() == 1U, verdict.summary);
    auto const& culprit = verdict.culprits.front();
    BOOST_TEST((culprit.direction == Direction::forward));
    BOOST_TEST(culprit.loss.estimate > 0.075);
    BOOST_TEST(culprit.loss.estimate < 0.125);
    BOOST_TEST(culprit.reason.find("the other end") != std::string::npos, culprit.reason);
    BOOST_TEST(verdict.ambiguities.empty());
    return culprit;
}

/// What a run of each seed names has the link, and that is most often all of it.
void check_named(std::string const& part, int from, int to) {
    int alone = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto const culprit = only_culprit(counted_verdict(part, seed));
        BOOST_TEST(has_link(culprit, from, to), describe(culprit.segment));
        alone += culprit.links.size() == 1 ? 1 : 0;
    }
    BOOST_TEST(alone >= 6);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_counted_round_leaves_the_answers_of_the_target, OneFlow) {
    add({{1, 10}, {2, 10}, {9, 8}});
    auto counted = add({{1, 10}, {2, 9}, {9, 7}});
    evidence.count(counted, 9);
    BOOST_TEST(path().hops[1].sent == 20U);
    BOOST_TEST(path().hops[1].answered == 19U);
    BOOST_TEST(path().hops[2].sent == 10U);
    BOOST_TEST(path().hops[2].answered == 8U);
    BOOST_TEST(path().counted.rounds == 1U);
    BOOST_TEST(path().counted.sent == 10U);
    BOOST_TEST(path().counted.arrived == 9U);
}

BOOST_FIXTURE_TEST_CASE(a_round_can_be_counted_no_more, OneFlow) {
    add({{1, 10}, {2, 10}, {9, 8}});
    auto const scatter = path().scatter;
    auto round = add({{1, 10}, {2, 9}, {9, 7}});
    auto const with_both = path().scatter;
    evidence.count(round, 9);
    evidence.uncount(round);
    evidence.uncount(round);
    BOOST_TEST(path().counted.rounds == 0U);
    BOOST_TEST(path().counted.sent == 0U);
    BOOST_TEST(path().hops[2].sent == 20U);
    BOOST_TEST(path().hops[2].answered == 15U);
    BOOST_TEST(path().scatter == with_both, boost::test_tools::tolerance(1e-9));
    evidence.remove(round);
    BOOST_TEST(path().scatter == scatter, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(path().hops[2].sent == 10U);
}

BOOST_FIXTURE_TEST_CASE(a_counted_round_can_be_taken_out, OneFlow) {
    auto first = add({{1, 10}, {2, 10}, {9, 8}});
    auto second = add({{1, 9}, {2, 7}, {9, 7}});
    evidence.count(second, 9);
    evidence.count(first, 10);
    evidence.remove(first);
    BOOST_TEST(path().counted.sent == 10U);
    BOOST_TEST(path().counted.arrived == 9U);
    BOOST_TEST(path().counted.scatter == 8.1, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(path().scatter == 16.0 * 16 / 20, boost::test_tools::tolerance(1e-9));
    evidence.remove(second);
    BOOST_TEST(path().rounds == 0U);
    BOOST_TEST(path().counted.sent == 0U);
    for (auto const& hop : path().hops)
        BOOST_TEST(hop.sent + hop.answered == 0U);
}

/// Only rounds of which something came back would never show that all is lost.
BOOST_FIXTURE_TEST_CASE(a_round_that_did_not_hear_the_target_is_counted_too, OneFlow) {
    auto unheard = add({{1, 10}, {2, 10}, {9, 0}, {9, 0}, {9, 0}});
    BOOST_TEST(evidence.target_hop(unheard) == nullptr);  // nobody knows yet how far it is
    add({{1, 10}, {2, 10}, {9, 10}});
    BOOST_REQUIRE(evidence.target_hop(unheard) != nullptr);
    evidence.count(unheard, 4);
    BOOST_TEST(path().counted.sent == 10U);
    BOOST_TEST(path().hops[2].sent == 10U);
    evidence.remove(unheard);
    BOOST_TEST(path().hops[0].sent == 10U);
    BOOST_TEST(path().hops[2].sent == 10U);
    BOOST_TEST(path().counted.sent == 0U);
}

BOOST_FIXTURE_TEST_CASE(where_others_answer_too_nothing_is_counted, OneFlow) {
    std::vector<HopCounts> const hops{
        {.node = evidence.node(std::vector{node_address(7), node_address(9)}),
         .sent = 10,
         .answered = 10}};
    auto const share = evidence.add({.flow = {.probe = evidence.probe("p"),
                                              .target = evidence.node(node_address(9)),
                                              .header = 2},
                                     .reached = true,
                                     .hops = hops});
    BOOST_TEST(evidence.target_hop(share) == nullptr);
}

BOOST_AUTO_TEST_CASE(no_reluctance_explains_what_did_not_arrive) {
    std::array const groups{Arrivals{1000, 950, 1}};
    auto const answered = accounts_of(groups, {});
    auto const counted = accounts_of(groups, {.counted = true});
    BOOST_TEST(counted.full == answered.full);
    BOOST_TEST(!answered.is_full(2));
    BOOST_TEST(counted.is_full(2));
}

BOOST_AUTO_TEST_CASE(where_all_arrives_and_is_answered_it_is_clean) {
    auto const verdict = counted_verdict("nothing is lost", 1);
    BOOST_TEST((verdict.verdict == Verdict::clean), verdict.summary);
    BOOST_TEST(verdict.flows == 32U);
}

BOOST_AUTO_TEST_CASE(replies_that_share_the_lossy_link_accuse_nobody) {
    check_named("the ways differ", 3, 4);
    check_named("the same links", 3, 4);
}

BOOST_AUTO_TEST_CASE(the_last_link_is_told_from_its_target) {
    check_named("the last link 6", 6, BothWays::b);
    check_named("the last link but one", 5, 6);
}

BOOST_AUTO_TEST_CASE(an_access_loses_on_one_way) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto const out = only_culprit(counted_verdict("on the way out", seed));
        BOOST_TEST((out.access == "a"));
        BOOST_TEST(out.reason.find("on the way out") != std::string::npos, out.reason);
        BOOST_TEST(out.change_our_mind == "another count of what arrives there, without loss");
        auto const in = counted_verdict("on the way in", seed);
        BOOST_TEST(has_link(only_culprit(in), 16, BothWays::a));
        BOOST_TEST(in.access.empty());
    }
}

BOOST_AUTO_TEST_CASE(loss_on_the_way_back_alone_is_no_culprit) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto const verdict = counted_verdict("on the way back to a only", seed);
        BOOST_TEST(verdict.culprits.empty(), verdict.summary);
        BOOST_TEST((verdict.verdict == Verdict::clean), verdict.summary);
    }
}

/// Who answers less beyond it may do so for other reasons: the link is one of a segment.
BOOST_AUTO_TEST_CASE(what_is_lost_on_the_way_back_is_not_in_the_loss) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto const culprit = only_culprit(counted_verdict("as much is lost on the way back", seed));
        BOOST_TEST(has_link(culprit, 3, 4), describe(culprit.segment));
    }
}

/// The newest rounds are never counted yet. Where more wait, the window leaves counts out.
BOOST_AUTO_TEST_CASE(rounds_that_were_not_counted_change_nothing) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto network = BothWays::network(seed, true);
        situation("on the way back to a only").spoil(network, 0.1);
        Evidence evidence;
        network.run(evidence, 8, 10);
        for (auto& flow : network.flows())
            flow.counted = false;
        network.run(evidence, 2, 10);
        auto const verdict = locate_loss(evidence);
        BOOST_TEST(verdict.culprits.empty(), verdict.summary);
        BOOST_TEST((verdict.verdict == Verdict::clean), verdict.summary);
    }
}

/// What comes back to a from a target that is no probe crosses the lossy link, too.
BOOST_AUTO_TEST_CASE(what_a_probe_misses_of_others_is_explained_by_the_link_to_it) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto network = BothWays::network(seed, true);
        for (std::uint64_t flow = 100; flow < 116; ++flow)
            network.flow({.probe = "a",
                          .source = BothWays::source_of_a,
                          .target = 30,
                          .number = flow,
                          .stops = {{1}, {2}, {3}, {4}, {30}}});
        situation("on the way in").spoil(network, 0.1);
        network.responder(30).answers = 0.9;
        auto const verdict = BothWays::judge(network, 10, 10);
        BOOST_TEST(has_link(only_culprit(verdict), 16, BothWays::a));
        BOOST_TEST(verdict.access.empty());
    }
}

/// Few packets, of which one is lost or none, neither accuse nor acquit.
BOOST_AUTO_TEST_CASE(few_counts_leave_it_to_the_others) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        std::array<std::vector<std::string>, 2> named;
        for (bool const counted : {false, true}) {
            auto network = BothWays::network(seed, false);
            situation("the same links").spoil(network, 0.1);
            Evidence evidence;
            network.run(evidence, 10, 10);
            for (auto& flow : network.flows())
                flow.counted = counted && flow.number == 0;
            network.run(evidence, 1, 2);
            for (auto const& culprit : locate_loss(evidence).culprits) {
                named[counted ? 1 : 0].push_back(describe(culprit.segment));
                BOOST_TEST((culprit.direction == Direction::forward_or_return), culprit.reason);
            }
            std::ranges::sort(named[counted ? 1 : 0]);
        }
        BOOST_TEST(named[0] == named[1], boost::test_tools::per_element());
    }
}

/// Routers may share a limit, and a target that answers half of its packets rules that out as
/// little after one packet that arrived.
BOOST_AUTO_TEST_CASE(one_packet_that_arrived_accuses_nobody) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        LossyNetwork network(seed);
        for (std::uint64_t flow = 0; flow < 16; ++flow)
            network.flow({.probe = "a",
                          .source = BothWays::source_of_a,
                          .target = BothWays::b,
                          .number = flow,
                          .stops = {{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}, {BothWays::b}}});
        for (int router = 4; router <= 9; ++router)
            network.responder(router).answers = 0.95;
        network.responder(BothWays::b).answers = 0.5;
        Evidence evidence;
        network.run(evidence, 9, 10);
        network.flows().resize(1);
        network.flows().front().counted = true;
        network.run(evidence, 1, 1);
        auto const verdict = locate_loss(evidence);
        BOOST_TEST(verdict.culprits.empty(), verdict.summary);
    }
}

BOOST_AUTO_TEST_CASE(a_witness_says_who_counted) {
    auto const verdict = counted_verdict("the last link 6", 1);
    BOOST_REQUIRE(!verdict.culprits.empty());
    auto const& witnesses = verdict.culprits.front().witnesses;
    BOOST_REQUIRE(witnesses.size() == 1U);
    BOOST_TEST(witnesses[0].counted.value_or(false));
    BOOST_TEST(witnesses[0].sent == 1600U);
    BOOST_TEST(witnesses[0].flows == 16U);
    BOOST_TEST(verdict.culprits.front().flows == 16U);
}

BOOST_AUTO_TEST_SUITE_END()
