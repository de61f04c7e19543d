// What must not fool the analysis. Each case is drawn from several seeds.

#include "lossy_network.hpp"

#include <dtrace/analysis/locate_loss.hpp>

#include <boost/test/unit_test.hpp>

#include <path_text.hpp>

#include <functional>

using namespace dtrace;
using namespace dtrace::analysis;
using test::diamond;
using test::LossyNetwork;

BOOST_AUTO_TEST_SUITE(traps)

namespace {

constexpr int routers[] = {1, 2, 31, 32, 33, 34, 41, 42, 43, 44, 51, 52, 53, 54, 6, 7};

/// Calls `check` with the verdicts on networks that `spoil` has changed.
void each(std::function<void(LossyNetwork&)> const& spoil,
          std::function<void(LossVerdict const&)> const& check, unsigned rounds = 10,
          unsigned attempts = 10) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto network = diamond(seed);
        spoil(network);
        Evidence evidence;
        network.run(evidence, rounds, attempts);
        auto const verdict = locate_loss(evidence);
        BOOST_TEST_CONTEXT("seed " << seed << ": " << verdict.summary) {
            check(verdict);
        }
    }
}

void is_clean(LossVerdict const& verdict) {
    BOOST_TEST((verdict.verdict == Verdict::clean));
}

void names_nobody(LossVerdict const& verdict) {
    BOOST_TEST((verdict.verdict == Verdict::undecided));
    BOOST_TEST(verdict.culprits.empty());
    BOOST_TEST(!verdict.needed.empty());
}

}  // namespace

BOOST_AUTO_TEST_CASE(half_deaf_routers_before_the_target) {
    each([](auto& network) { network.responder(6).answers = network.responder(7).answers = 0.8; },
         [](LossVerdict const& verdict) {
             is_clean(verdict);
             BOOST_REQUIRE(verdict.deaf.size() == 2);
             BOOST_TEST(verdict.deaf[0].reason.find("traffic passes") != std::string::npos);
         });
}

BOOST_AUTO_TEST_CASE(routers_that_limit_their_answers) {
    each(
        [](auto& network) {
            for (int const router : routers)
                network.responder(router).most_per_round = 30;
        },
        is_clean);
}

BOOST_AUTO_TEST_CASE(a_target_that_limits_its_answers) {
    each([](auto& network) { network.responder(8).most_per_round = 40; }, names_nobody);
}

BOOST_AUTO_TEST_CASE(the_last_routers_and_the_target_limit_their_answers_alike) {
    each(
        [](auto& network) {
            for (int const node : {6, 7, 8})
                network.responder(node).most_per_round = 40;
        },
        names_nobody);
}

BOOST_AUTO_TEST_CASE(the_last_router_and_the_target_answer_as_often_by_chance) {
    each([](auto& network) { network.responder(7).answers = network.responder(8).answers = 0.8; },
         names_nobody);
    each([](auto& network) { network.responder(7).answers = network.responder(8).answers = 0.95; },
         names_nobody);
}

BOOST_AUTO_TEST_CASE(the_last_router_and_the_target_have_one_limit) {
    // Of 160 packets a round they answer 158: as much as a link of 1.3 % would let through.
    each(
        [](auto& network) {
            for (int const node : {7, 8})
                network.responder(node).most_per_round = 158;
        },
        [](LossVerdict const& verdict) { BOOST_TEST(verdict.culprits.empty()); }, 30);
}

BOOST_AUTO_TEST_CASE(silent_hops) {
    each(
        [](auto& network) {
            for (int const router : {2, 41, 6, 7})
                network.responder(router).answers = 0;
        },
        is_clean);
}

BOOST_AUTO_TEST_CASE(a_target_that_does_not_answer) {
    each([](auto& network) { network.responder(8).answers = 0; }, names_nobody);
}

BOOST_AUTO_TEST_CASE(everybody_leaves_as_much_unanswered) {
    each(
        [](auto& network) {
            for (int const router : routers)
                network.responder(router).answers = 0.95;
            network.responder(8).answers = 0.95;
        },
        [](LossVerdict const& verdict) {
            names_nobody(verdict);
            BOOST_REQUIRE(verdict.access.size() == 1);
            BOOST_TEST(!verdict.access[0].separated);
            BOOST_TEST(verdict.access[0].loss.low < 0.05);
            BOOST_TEST(verdict.access[0].loss.high > 0.05);
        });
}

BOOST_AUTO_TEST_CASE(loss_on_the_way_back_from_one_router) {
    each([](auto& network) { network.responder(6).answers = 0.9; }, is_clean);
}

BOOST_AUTO_TEST_CASE(loss_on_the_way_back_of_some_flows_of_the_target) {
    each(
        [](auto& network) {
            for (auto& flow : network.flows())
                if (flow.number % 3 == 0) flow.returns = 0.9;
        },
        names_nobody);
}

BOOST_AUTO_TEST_CASE(per_packet_balancing) {
    auto const spread = [](LossyNetwork& network) {
        for (auto& flow : network.flows()) {
            flow.stops[2] = {31, 32, 33, 34};
            flow.stops[3] = {41, 42, 43, 44};
            flow.stops[4] = {51, 52, 53, 54};
        }
    };
    each(spread, is_clean);
    each(spread, is_clean, 100, 1);
    // Loss on one of the branches is seen, but on no single one.
    each(
        [&](LossyNetwork& network) {
            spread(network);
            for (int from : {31, 32, 33, 34})
                network.wire(from, 42).loss = 0.2;
        },
        [](LossVerdict const& verdict) {
            for (auto const& culprit : verdict.culprits)
                for (auto const& link : culprit.links)
                    BOOST_TEST(link.from.addresses.size() + link.to.addresses.size() > 2,
                               describe(link));
        });
}

BOOST_AUTO_TEST_CASE(a_path_change_in_mid_run) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto network = diamond(seed);
        network.wire(31, 41).loss = 0.05;
        Evidence evidence;
        network.run(evidence, 10, 10);
        for (auto& flow : network.flows()) {
            int const branch = static_cast<int>((flow.number + 1) % 4);
            flow.stops[2] = {31 + branch};
            flow.stops[3] = {41 + branch};
            flow.stops[4] = {51 + branch};
        }
        network.run(evidence, 10, 10);
        auto const verdict = locate_loss(evidence);
        BOOST_REQUIRE_MESSAGE(verdict.culprits.size() == 1, verdict.summary);
        BOOST_TEST(verdict.summary.find("10.0.0.31 → 10.0.0.41") != std::string::npos,
                   verdict.summary);
    }
}

BOOST_AUTO_TEST_CASE(branches_of_unequal_length) {
    auto const shorten = [](LossyNetwork& network) {
        for (auto& flow : network.flows())
            if (flow.number % 4 == 1) flow.stops.erase(flow.stops.begin() + 3);
    };
    each(shorten, is_clean);
    each(
        [&](LossyNetwork& network) {
            shorten(network);
            network.responder(6).most_per_round = 60;
            network.responder(7).answers = 0.5;
        },
        is_clean);
    each(
        [&](LossyNetwork& network) {
            shorten(network);
            network.wire(32, 52).loss = 0.05;
        },
        [](LossVerdict const& verdict) {
            BOOST_REQUIRE(verdict.culprits.size() == 1);
            BOOST_TEST(describe(verdict.culprits[0].segment) == "10.0.0.32 → 10.0.0.52");
        });
}

BOOST_AUTO_TEST_CASE(losses_that_come_in_bursts_upstream_accuse_no_branch) {
    each([](auto& network) { network.wire(0, 1) = {.loss = 0.5, .bad_rounds = 0.1}; },
         [](LossVerdict const& verdict) { BOOST_TEST(verdict.culprits.empty()); }, 50, 2);
}

/// A round that hears nothing from the target where it is hears it one hop further on.
BOOST_AUTO_TEST_CASE(a_target_is_never_behind_itself) {
    Evidence evidence;
    for (int round = 0; round < 40; ++round)
        for (auto const* probe : {"n1", "n2"}) {
            test::RoundText text{.paths = {}, .probe = probe};
            for (int flow = 0; flow < 8; ++flow)
                text.paths.push_back(flow % 2 == 0 ? "10.0.0.1 10.0.0.9 10.0.0.2 198.51.100.9"
                                     : round % 2 == 0
                                         ? "10.0.0.1 10.0.0.7 10.0.0.2:2 198.51.100.9:2"
                                         : "10.0.0.1 10.0.0.7 10.0.0.2:1 * 198.51.100.9:1");
            evidence.add(test::trace_of(text));
        }
    auto const verdict = locate_loss(evidence);
    BOOST_TEST_CONTEXT(verdict.summary) {
        BOOST_REQUIRE(verdict.culprits.size() == 1);
        BOOST_TEST(describe(verdict.culprits[0].segment) == "10.0.0.7 → 10.0.0.2");
    }
}

BOOST_AUTO_TEST_CASE(a_loop_ends_the_path) {
    each(
        [](auto& network) {
            for (auto& flow : network.flows()) {
                flow.stops = {{1}, {2}, {31}, {2}, {31}, {2}, {31}};
                flow.target = 8;
            }
        },
        names_nobody);
}

BOOST_AUTO_TEST_SUITE_END()
