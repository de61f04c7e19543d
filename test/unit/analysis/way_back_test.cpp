#include "lossy_network.hpp"

#include <dtrace/analysis/locate_loss.hpp>
#include <dtrace/analysis/way_back.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::analysis;
using test::LossyNetwork;

BOOST_AUTO_TEST_SUITE(way_back)

namespace {

IpAddress address(std::string const& text) {
    return parse<IpAddress>(text).value();
}

Culprit culprit(std::string const& from, std::string const& to, std::string probe,
                std::string const& target, Interval loss = {0.1, 0.08, 0.13}) {
    Culprit made;
    made.segment = {{.addresses = {address(from)}}, {.addresses = {address(to)}}};
    made.links = {made.segment};
    made.loss = loss;
    made.witnesses = {{.probe = std::move(probe), .target = address(target)}};
    made.reason = "counts";
    return made;
}

ProbeAddresses const probes{{"a", {address("192.0.2.1")}}, {"b", {address("192.0.2.2")}}};

/// b loses packets on its way to a; a sees it right before b.
Culprit const on_the_way_of_b = culprit("10.0.0.5", "10.0.0.6", "b", "192.0.2.1");
Culprit const before_b = culprit("10.0.0.9", "192.0.2.2", "a", "192.0.2.2");

std::vector<Culprit> tell(std::vector<Culprit> culprits, ProbeAddresses const& from) {
    std::vector<Ambiguity> none;
    return tell_ways_apart(std::move(culprits), none, from);
}

constexpr int a = 101;
constexpr int b = 102;
ProbeAddresses const a_and_b{{"a", {LossyNetwork::address(a)}}, {"b", {LossyNetwork::address(b)}}};

/// a reaches b over 1 to 6, b reaches a over 11 to 16; 16 flows each.
LossyNetwork both_ways(std::uint64_t seed) {
    LossyNetwork network(seed);
    for (std::uint64_t flow = 0; flow < 16; ++flow) {
        network.flow({.probe = "a",
                      .source = 201,
                      .target = b,
                      .number = flow,
                      .stops = {{1}, {2}, {3}, {4}, {5}, {6}, {b}}});
        network.flow({.probe = "b",
                      .source = 202,
                      .target = a,
                      .number = flow,
                      .stops = {{11}, {12}, {13}, {14}, {15}, {16}, {a}}});
    }
    return network;
}

LossVerdict judge(LossyNetwork& network) {
    Evidence evidence;
    network.run(evidence, 10, 10);
    auto verdict = locate_loss(evidence);
    verdict.culprits = tell_ways_apart(std::move(verdict.culprits), verdict.ambiguities, a_and_b);
    return verdict;
}

std::string between(int from, int to) {
    return to_text(LossyNetwork::address(from)) + " → " + to_text(LossyNetwork::address(to));
}

}  // namespace

BOOST_AUTO_TEST_CASE(loss_on_the_way_back_is_explained_by_the_other_probe) {
    auto const left = tell({before_b, on_the_way_of_b}, probes);
    BOOST_REQUIRE(left.size() == 1U);
    BOOST_TEST(describe(left[0].segment) == describe(on_the_way_of_b.segment));
    BOOST_TEST((left[0].direction == Direction::forward));
    BOOST_TEST(left[0].reason.starts_with("counts; probe a sees the same loss on its way back"));
}

/// Who measures a probe crosses its access there and back again: which way loses, nobody can tell.
BOOST_AUTO_TEST_CASE(an_access_explains_the_loss_before_its_probe_either_way) {
    auto access_of_b = on_the_way_of_b;
    access_of_b.segment.from = {.addresses = {}, .probe = "b", .silent = {}};
    access_of_b.access = "b";
    auto const left = tell({before_b, access_of_b}, probes);
    BOOST_REQUIRE(left.size() == 1U);
    BOOST_TEST((left[0].access == "b"));
    BOOST_TEST((left[0].direction == Direction::forward_or_return));
    BOOST_TEST(left[0].reason.find("probe a sees the same loss when it measures this one") !=
                   std::string::npos,
               left[0].reason);
}

/// Of many witnesses only some are named: a need not be among them.
BOOST_AUTO_TEST_CASE(an_access_explains_it_without_a_witness_of_this_pair) {
    auto access_of_b = culprit("10.0.0.5", "10.0.0.6", "b", "192.0.2.77");
    access_of_b.access = "b";
    BOOST_TEST(tell({before_b, access_of_b}, probes).size() == 1U);
    access_of_b.access = "c";
    BOOST_TEST(tell({before_b, access_of_b}, probes).size() == 2U);
    access_of_b.access = "b";
    access_of_b.segment.to = {.addresses = {address("192.0.2.1")}};  // side by side
    BOOST_TEST(tell({before_b, access_of_b}, probes).size() == 2U);
}

BOOST_AUTO_TEST_CASE(nothing_is_explained_without_the_other_probe) {
    BOOST_TEST(tell({before_b}, probes).size() == 1U);
    BOOST_TEST(tell({before_b, on_the_way_of_b}, {}).size() == 2U);
    auto const to_another = culprit("10.0.0.5", "10.0.0.6", "b", "192.0.2.77");
    BOOST_TEST(tell({before_b, to_another}, probes).size() == 2U);
}

BOOST_AUTO_TEST_CASE(other_losses_explain_nothing) {
    auto const much_more = culprit("10.0.0.5", "10.0.0.6", "b", "192.0.2.1", {0.5, 0.45, 0.55});
    BOOST_TEST(tell({before_b, much_more}, probes).size() == 2U);
    auto const in_the_middle = culprit("10.0.0.8", "10.0.0.9", "a", "192.0.2.2");
    BOOST_TEST(tell({in_the_middle, on_the_way_of_b}, probes).size() == 2U);
}

BOOST_AUTO_TEST_CASE(two_that_stand_before_each_other_explain_nothing) {
    auto const before_a = culprit("10.0.0.7", "192.0.2.1", "b", "192.0.2.1");
    BOOST_TEST(tell({before_b, before_a}, probes).size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_witness_to_another_target_keeps_the_culprit) {
    auto both = before_b;
    both.witnesses.push_back({.probe = "a", .target = address("198.51.100.9")});
    BOOST_TEST(tell({both, on_the_way_of_b}, probes).size() == 2U);
}

BOOST_AUTO_TEST_CASE(loss_one_way_is_named_with_its_direction) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto network = both_ways(seed);
        network.wire(1, 2).loss = 0.05;
        // What a answers to b comes back over the same link.
        for (auto& flow : network.flows())
            if (flow.target == a) flow.returns = 0.95;
        auto const verdict = judge(network);
        BOOST_REQUIRE_MESSAGE(verdict.culprits.size() == 1, verdict.summary);
        BOOST_TEST(describe(verdict.culprits[0].segment) == between(1, 2));
        BOOST_TEST((verdict.culprits[0].direction == Direction::forward));
        BOOST_TEST(verdict.culprits[0].reason.find("probe b sees the same loss") !=
                   std::string::npos);
        BOOST_TEST(verdict.ambiguities.empty());
    }
}

BOOST_AUTO_TEST_CASE(where_both_take_the_same_links_it_is_either_way) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto network = both_ways(seed);
        // 1 and 16 are one router, as are 2 and 15: what b hears from 16 and a comes back over it.
        network.wire(1, 2).loss = 0.05;
        network.responder(16).answers = 0.95;
        for (auto& flow : network.flows())
            if (flow.target == a) flow.returns = 0.95;
        auto const verdict = judge(network);
        BOOST_REQUIRE_MESSAGE(!verdict.culprits.empty(), verdict.summary);
        for (auto const& culprit : verdict.culprits)
            BOOST_TEST((culprit.direction == Direction::forward_or_return));
    }
}

/// All that comes back to a probe crosses a link to it: also what the routers answer.
BOOST_AUTO_TEST_CASE(a_link_to_a_probe_explains_nothing_where_a_router_is_heard_in_full) {
    for (bool const full : {false, true}) {
        auto network = both_ways(1);
        for (auto& flow : network.flows())
            flow.counted = flow.target == a;
        network.wire(16, a).loss = 0.1;
        for (int const router : {1, 2, 3, 4, 5, 6})
            network.responder(router).answers = full ? 1 : 0.9;
        network.responder(b).answers = 0.9;
        auto const verdict = judge(network);
        BOOST_REQUIRE_MESSAGE(verdict.culprits.size() == 1U, verdict.summary);
        BOOST_TEST(describe(verdict.culprits[0].segment) == between(16, a));
        BOOST_TEST(verdict.ambiguities.size() == (full ? 1U : 0U));
    }
}

BOOST_AUTO_TEST_CASE(loss_of_another_size_confirms_no_direction) {
    auto network = both_ways(1);
    network.wire(1, 2).loss = 0.05;
    for (auto& flow : network.flows())
        if (flow.target == a) flow.returns = 0.7;
    auto const verdict = judge(network);
    BOOST_REQUIRE_MESSAGE(verdict.culprits.size() == 1, verdict.summary);
    BOOST_TEST((verdict.culprits[0].direction == Direction::forward_or_return));
    BOOST_TEST(verdict.ambiguities.size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
