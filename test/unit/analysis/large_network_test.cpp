// More lossy links, and more to tell apart, than one trace ever shows.

#include "loss/search_loss.hpp"
#include "lossy_network.hpp"
#include "many_probes.hpp"

#include <dtrace/analysis/locate_loss.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

using namespace dtrace;
using namespace dtrace::analysis;
using test::LossyNetwork;

BOOST_AUTO_TEST_SUITE(large_network)

namespace {

constexpr int lossy_accesses = 100;

double loss_of_access(int probe) {
    return probe < lossy_accesses ? 0.05 + 0.003 * probe : 0;
}

/// 130 probes, each with a router of its own, to one target over eight routers of all.
Evidence lossy_at_the_access() {
    LossyNetwork network(1);
    for (int probe = 0; probe < lossy_accesses + 30; ++probe) {
        network.wire(1000 + probe, 500 + probe).loss = loss_of_access(probe);
        for (int flow = 0; flow < 2; ++flow)
            network.flow({.probe = "p" + std::to_string(probe),
                          .source = 1000 + probe,
                          .target = 9,
                          .number = static_cast<std::uint64_t>(flow),
                          .stops = {{500 + probe}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}}});
    }
    Evidence evidence;
    network.run(evidence, 10, 10);
    return evidence;
}

/// Six probes and targets, six layers of six routers of which half answer 90 %, all ways open;
/// three links that lose 10 %.
std::vector<std::pair<int, int>> add_tied(LossyNetwork& network) {
    for (int router = 100; router < 700; router += router % 100 == 5 ? 95 : 1)
        if (network.below(2)) network.responder(router).answers = 0.9;
    std::vector<std::pair<int, int>> const lossy{{103, 202}, {301, 404}, {500, 605}};
    for (auto const& [from, to] : lossy)
        network.wire(from, to).loss = 0.1;
    for (int number = 0; number < 6 * 6 * 16; ++number) {
        int const probe = number % 6;
        int const target = number / 6 % 6;
        std::vector<LossyNetwork::Stop> stops{{8000 + probe}};
        for (int layer = 1; layer <= 6; ++layer)
            stops.push_back({100 * layer + network.below(6)});
        stops.push_back({9000 + target});
        network.flow({.probe = "p" + std::to_string(probe),
                      .source = 10'000 + probe,
                      .target = 9000 + target,
                      .number = static_cast<std::uint64_t>(number),
                      .stops = std::move(stops)});
    }
    return lossy;
}

bool accuses_accesses_only(LossVerdict const& verdict) {
    return std::ranges::all_of(verdict.culprits,
                               [](auto const& each) { return each.access.has_value(); });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_hundred_lossy_access_links_accuse_nobody_else) {
    auto const verdict = locate_loss(lossy_at_the_access());
    BOOST_TEST((verdict.verdict != Verdict::clean), verdict.summary);
    BOOST_TEST(accuses_accesses_only(verdict), verdict.summary);
    BOOST_TEST(verdict.access.size() >= 95);
    BOOST_TEST(verdict.access.size() <= lossy_accesses);
    for (auto const& access : verdict.access) {
        double const loss = loss_of_access(std::stoi(access.probe.substr(1)));
        // The interval misses it once in twenty times: one three times as wide never does.
        double const wide = access.loss.high - access.loss.low;
        BOOST_TEST(access.loss.low - wide < loss, access.probe);
        BOOST_TEST(access.loss.high + wide > loss, access.probe);
        BOOST_TEST(loss > 0, access.probe);
    }
}

BOOST_AUTO_TEST_CASE(a_hypothesis_may_have_many_links) {
    auto const evidence = lossy_at_the_access();
    EvidenceTable const table(evidence);
    LossModel model(table);
    std::vector<LossyLink> links;
    for (LinkIndex access = 0; access < lossy_accesses; ++access)
        links.push_back({access, 0.5});
    auto const shared = table.rows()[table.classes().front().end - 1].link;
    links.push_back({shared, 0.1});
    model.assume(links);
    for (std::size_t number = 0; number < lossy_accesses; ++number)
        model.change(number, 0.25);
    for (auto const& pathclass : table.classes()) {
        double const passing = pathclass.probe < lossy_accesses ? 0.75 : 1;
        BOOST_TEST(model.passing(pathclass.begin) == passing, pathclass.probe);
        BOOST_TEST(model.passing(pathclass.end - 1) == passing * 0.9, pathclass.probe);
    }
}

/// They cross the same links as a hundred others, and lose nothing there.
BOOST_AUTO_TEST_CASE(a_few_probes_acquit_what_nearly_all_others_seem_to_accuse) {
    for (unsigned const rounds : {10U, 40U}) {
        auto network = test::many_probes(105)(rounds);
        test::lossy_accesses(100, 0.2, 0.2)(network);
        Evidence evidence;
        network.run(evidence, rounds, 10);
        auto const verdict = locate_loss(evidence);
        BOOST_TEST((verdict.verdict != Verdict::clean), verdict.summary);
        BOOST_TEST(accuses_accesses_only(verdict), verdict.summary);
        std::size_t certain = 0;
        for (auto const& access : verdict.access) {
            if (!access.separated) continue;
            ++certain;
            BOOST_TEST(std::stoi(access.probe.substr(1)) < 100, access.probe);
        }
        BOOST_TEST(certain >= (rounds == 40 ? 85U : 5U));
        BOOST_TEST(verdict.culprits.size() == certain);
        // Of what may have one cause, a person is told the worst and how many.
        BOOST_TEST(verdict.summary.size() < 400U, verdict.summary);
        BOOST_TEST(verdict.summary.ends_with("more access links"), verdict.summary);
    }
}

BOOST_AUTO_TEST_CASE(many_lossy_access_links_are_found_before_shared_links_are_taken_for_them) {
    constexpr int lossy = 36;
    auto network = test::branches_of_many(1);
    test::lossy_accesses(lossy, 0.2, 0.2)(network);
    Evidence evidence;
    network.run(evidence, 10, 5);
    EvidenceTable const table(evidence);
    LossModel model(table);
    auto const findings = LossSearch(model, 6).run();
    BOOST_TEST(!model.is_spent());
    BOOST_TEST(findings.size() >= lossy - 2);
    for (auto const& finding : findings)
        BOOST_TEST(finding.weight.link < lossy, describe(table.link_of(finding.weight.link)));
}

/// A target that answers all that arrives is no reluctant one, however many of the routers are.
BOOST_AUTO_TEST_CASE(lossy_access_links_beside_reluctant_routers_are_told_apart) {
    constexpr int lossy = 20;
    std::size_t told = 0;
    constexpr std::uint64_t runs = 6;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
        auto network = test::branching_probes(seed);
        test::lossy_accesses(lossy, 0.05, 0.3)(network);
        Evidence evidence;
        network.run(evidence, 10, 10);
        auto const verdict = locate_loss(evidence);
        BOOST_TEST(accuses_accesses_only(verdict), verdict.summary);
        told += verdict.culprits.size();
    }
    BOOST_TEST(told >= runs * lossy * 9 / 10);
    BOOST_TEST(told <= runs * lossy);
}

/// One that all of them cross is fitted to each of them, and again.
BOOST_AUTO_TEST_CASE(a_search_beside_many_lossy_access_links_ends_soon_after_its_work_is_spent) {
    auto network = test::many_probes(300)(1);
    test::lossy_accesses(150, 0.05, 0.3)(network);
    network.wire(2, 3).loss = 0.1;
    Evidence evidence;
    network.run(evidence, 10, 10);
    EvidenceTable const table(evidence);
    constexpr std::uint64_t most_work = 500'000;
    for (auto const budget : {most_work, std::uint64_t{0}}) {
        LossModel model(table, budget);
        auto const findings = LossSearch(model, 6).run();
        BOOST_TEST(model.is_spent() == (budget == most_work));
        if (budget == most_work) BOOST_TEST(model.work() < 3 * most_work);
        bool found = false;
        for (auto const& finding : findings) {
            if (table.is_access(finding.weight.link)) continue;
            auto const link = table.link_of(finding.weight.link);
            bool const right = link.from.addresses == std::vector{LossyNetwork::address(2)};
            BOOST_TEST(right, describe(link));
            found = found || right;
        }
        BOOST_TEST(found);
        if (budget == 0) BOOST_TEST(findings.size() > 130U);
    }
}

/// Of a set of several lossy links each is cheaper; but not one of the network beside accesses.
BOOST_AUTO_TEST_CASE(lossy_access_links_make_no_link_of_the_network_cheaper_to_accuse) {
    auto const evidence = lossy_at_the_access();
    EvidenceTable const table(evidence);
    auto const shared = table.rows()[table.classes().front().end - 1].link;
    LossModel model(table);
    double const alone = model.price(model.footprint(shared));
    double const access_alone = model.price(model.footprint(lossy_accesses));
    std::vector<LossyLink> links;
    for (LinkIndex access = 0; access < lossy_accesses; ++access)
        links.push_back({access, 0.2});
    model.assume(links);
    BOOST_TEST(model.price(model.footprint(shared)) == alone);
    BOOST_TEST(model.price(model.footprint(lossy_accesses)) < access_alone - 4);
    auto const kept = model.price(model.footprint(0));
    model.assume({links.begin() + 1, links.end()});
    BOOST_TEST(model.price(model.footprint(0)) == kept);  // itself is none of the others
}

/// Nor where only a router and the target behind it answer as badly: docs/analysis.md, Coincidence.
BOOST_AUTO_TEST_CASE(nor_cheaper_where_a_coincidence_speaks_against_it) {
    constexpr int probes = 30;
    LossyNetwork network(7);
    for (std::uint64_t flow = 0; flow < 16; ++flow)
        network.flow({.probe = "p0",
                      .source = 1000,
                      .target = 90,
                      .number = flow,
                      .stops = {{500}, {1}, {2}, {3}, {90}}});
    for (int probe = 1; probe < probes; ++probe)
        network.flow({.probe = "p" + std::to_string(probe),
                      .source = 1000 + probe,
                      .target = 91,
                      .number = 0,
                      .stops = {{500 + probe}, {4}, {91}}});
    network.wire(2, 3).loss = 0.1;
    Evidence evidence;
    network.run(evidence, 10, 20);
    EvidenceTable const table(evidence);
    auto const& pathclass = table.classes().front();
    auto const lossy = table.rows()[pathclass.end - 2].link;
    BOOST_REQUIRE((table.link_of(lossy).from.addresses == std::vector{LossyNetwork::address(2)}));
    LossModel model(table);
    auto const alone = model.weigh(model.footprint(lossy));
    BOOST_TEST(alone.odds > model.weigh_at(model.footprint(lossy), alone.loss).odds + 1);
    std::vector<LossyLink> accesses;
    for (LinkIndex access = 1; access < probes; ++access)
        accesses.push_back({access, 0});
    model.assume(accesses);
    BOOST_TEST(std::abs(model.weigh(model.footprint(lossy)).odds - alone.odds) < 1e-6);
}

BOOST_AUTO_TEST_CASE(a_search_among_many_tied_routers_ends_soon_after_its_work_is_spent) {
    LossyNetwork network(1);
    auto const lossy = add_tied(network);
    Evidence evidence;
    network.run(evidence, 4, 5);
    EvidenceTable const table(evidence);
    BOOST_TEST(table.rows().size() > 3'000U);
    constexpr std::uint64_t most_work = 2'000'000;
    LossModel model(table, most_work);
    auto const findings = LossSearch(model, 6).run();
    BOOST_TEST(model.is_spent());
    BOOST_TEST(model.work() < 3 * most_work);
    BOOST_TEST(!findings.empty());
    for (auto const& finding : findings) {
        BOOST_TEST(finding.halved);  // nobody has looked
        bool const right = std::ranges::any_of(finding.links, [&](LinkIndex each) {
            auto const link = table.link_of(each);
            return std::ranges::any_of(lossy, [&](auto const& ends) {
                return link.from.addresses == std::vector{LossyNetwork::address(ends.first)} &&
                       link.to.addresses == std::vector{LossyNetwork::address(ends.second)};
            });
        });
        BOOST_TEST(right, describe(table.link_of(finding.weight.link)));
    }
}

BOOST_AUTO_TEST_SUITE_END()
