// The access of a probe that is told apart from the network is a culprit like a link.

#include "lossy_network.hpp"

#include <dtrace/analysis/locate_loss.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::analysis;
using test::LossyNetwork;

BOOST_AUTO_TEST_SUITE(lossy_access)

namespace {

constexpr int source = 1000;

/// Three probes, the first with two routers of its own at its access, over 1 to 4 to two targets.
LossyNetwork three_probes(std::vector<int> const& first_routers) {
    LossyNetwork network(7);
    for (int probe = 0; probe < 3; ++probe)
        for (int flow = 0; flow < 8; ++flow) {
            auto const number = static_cast<std::size_t>(flow) / 2 % first_routers.size();
            int const first = probe == 0 ? first_routers[number] : 500 + probe;
            network.flow({.probe = "p" + std::to_string(probe),
                          .source = source + probe,
                          .target = 90 + flow % 2,
                          .number = static_cast<std::uint64_t>(flow),
                          .stops = {{first}, {1}, {2}, {3}, {4}, {90 + flow % 2}}});
        }
    return network;
}

LossVerdict judge_after(LossyNetwork& network) {
    Evidence evidence;
    network.run(evidence, 10, 10);
    return locate_loss(evidence);
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_is_named_with_its_witnesses_and_nothing_else_is) {
    auto network = three_probes({500});
    network.wire(source, 500).loss = 0.2;
    auto const verdict = judge_after(network);
    BOOST_TEST((verdict.verdict == Verdict::culprit));
    BOOST_REQUIRE_MESSAGE(verdict.culprits.size() == 1U, verdict.summary);
    auto const& culprit = verdict.culprits.front();
    auto const first = LossyNetwork::address(500);
    BOOST_TEST((culprit.access == "p0"));
    BOOST_TEST(describe(culprit) == "access link probe p0 → " + to_text(first));
    BOOST_TEST((culprit.links == std::vector{culprit.segment}));
    BOOST_TEST(culprit.loss.low < 0.25);
    BOOST_TEST(culprit.loss.high > 0.15);
    BOOST_TEST((culprit.direction == Direction::forward_or_return));
    BOOST_TEST(culprit.probes == 1U);
    BOOST_TEST(culprit.flows == 8U);
    BOOST_REQUIRE(culprit.witnesses.size() == 2U);
    for (auto const& witness : culprit.witnesses) {
        BOOST_TEST(witness.probe == "p0");
        BOOST_TEST(witness.sent == 400U);
        BOOST_TEST(witness.answered < witness.sent);
        BOOST_TEST(witness.elsewhere_sent == 0U);
    }
    BOOST_TEST(culprit.reason.find("answer 2 other probes in full") != std::string::npos,
               culprit.reason);
    BOOST_TEST(!culprit.change_our_mind.empty());
    BOOST_TEST(verdict.summary.starts_with("culprit: access link probe p0 → "), verdict.summary);
    BOOST_REQUIRE(verdict.access.size() == 1U);
    BOOST_TEST(verdict.access.front().separated);
}

BOOST_AUTO_TEST_CASE(it_may_lead_to_several_routers) {
    auto network = three_probes({500, 501});
    network.wire(source, 500).loss = 0.2;
    network.wire(source, 501).loss = 0.2;
    auto const verdict = judge_after(network);
    BOOST_REQUIRE_MESSAGE(verdict.culprits.size() == 1U, verdict.summary);
    auto const& culprit = verdict.culprits.front();
    BOOST_TEST((culprit.access == "p0"));
    BOOST_TEST(culprit.links.size() == 2U);
    BOOST_TEST((culprit.segment.to.addresses ==
                std::vector{LossyNetwork::address(500), LossyNetwork::address(501)}));
}

BOOST_AUTO_TEST_CASE(it_ends_at_the_first_router_that_answers) {
    auto network = three_probes({500});
    network.wire(source, 500).loss = 0.2;
    network.responder(500).answers = 0;
    auto const verdict = judge_after(network);
    BOOST_REQUIRE_MESSAGE(verdict.culprits.size() == 1U, verdict.summary);
    auto const& culprit = verdict.culprits.front();
    BOOST_TEST((culprit.access == "p0"));
    BOOST_TEST(culprit.links.size() == 2U);
    BOOST_TEST((culprit.segment.to.addresses == std::vector{LossyNetwork::address(1)}));
}

/// Nobody else hears its routers.
BOOST_AUTO_TEST_CASE(a_suspect_is_no_culprit) {
    auto network = three_probes({500});
    std::erase_if(network.flows(), [](auto const& flow) { return flow.probe != "p0"; });
    network.wire(source, 500).loss = 0.2;
    auto const verdict = judge_after(network);
    BOOST_TEST((verdict.verdict == Verdict::undecided), verdict.summary);
    BOOST_TEST(verdict.culprits.size() == 0U);
    BOOST_REQUIRE(verdict.access.size() == 1U);
    BOOST_TEST(!verdict.access.front().separated);
}

BOOST_AUTO_TEST_SUITE_END()
