// How often the analysis is right: the table of docs/analysis.md. Seeded, so that it comes out the
// same each time; a few minutes. `analysis_study 10` does a tenth of the runs, `analysis_study 10
// branch` those rows whose name has "branch" in it. A culprit counts as right when it names a lossy
// link among others: below a row stands how many it names where they are not all of one.

#include "fbtracert_rule.hpp"
#include "lossy_links.hpp"
#include "lossy_network.hpp"
#include "many_probes.hpp"
#include "random_network.hpp"

#include <dtrace/analysis/locate_loss.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace dtrace;
using namespace dtrace::analysis;
using test::branch_links;
using test::diamond;
using test::Ends;
using test::lose;
using test::lose_on_a_branch;
using test::LossyNetwork;
using test::Truth;

namespace {

struct Situation {
    std::string name;
    int runs;
    unsigned rounds;
    unsigned attempts;
    std::function<LossyNetwork(std::uint64_t)> network;
    std::function<Truth(LossyNetwork&)> spoil;  ///< gives the links that lose
    int accesses = 0;  ///< so many of them are access links: each counts, and is no culprit
};

struct Tally {
    int clean = 0, culprit = 0, undecided = 0;
    int accused_wrongly = 0;  ///< runs that name a link which loses nothing
    int all_named = 0, first_right = 0;
    int lossy_links = 0, lossy_named = 0, one_each = 0;  ///< runs: by a culprit each
    int intervals = 0, covered = 0, bounds = 0, bounds_right = 0;
    double bound = 0;
    int culprits = 0, of_one_link = 0, links_named = 0;  ///< accesses aside
    int alone_decided = 0, alone = 0;
    int rule_healthy = 0, rule_sick = 0;  ///< flows flagged by fbtracert's rule
    int healthy = 0, sick = 0;            ///< flows
    int rule_runs_wrong = 0;              ///< runs in which it flags a healthy flow
};

bool is(Place const& place, int node) {
    return node == 0 ? place.probe.has_value()
                     : place.addresses == std::vector{LossyNetwork::address(node)};
}

/// The first link of a probe's flows.
Ends access_of(LossyNetwork& network, std::string const& probe) {
    auto const flow = std::ranges::find(network.flows(), probe, &LossyNetwork::FlowRoute::probe);
    return {flow->source, flow->stops.front().front()};
}

bool names(LossyNetwork& network, Culprit const& culprit, Ends const& ends, double loss) {
    if (culprit.access) return access_of(network, *culprit.access) == ends;
    // Where a link lets nothing through, nobody knows its far end.
    if (loss == 1 && is(culprit.segment.from, ends.first)) return true;
    return std::ranges::any_of(culprit.links, [&](Link const& link) {
        return is(link.from, ends.first) && is(link.to, ends.second);
    });
}

bool crosses(LossyNetwork::FlowRoute const& flow, Truth const& truth) {
    int from = flow.source;
    for (auto const& stop : flow.stops) {
        if (std::ranges::find(truth, Ends{from, stop.front()}) != truth.end()) return true;
        from = stop.front();
    }
    return false;
}

void count_verdict(Tally& tally, LossyNetwork& network, Truth const& truth,
                   LossVerdict const& verdict) {
    ++(verdict.verdict == Verdict::clean     ? tally.clean
       : verdict.verdict == Verdict::culprit ? tally.culprit
                                             : tally.undecided);
    std::vector<Ends> named;
    bool wrong = false;
    for (std::size_t i = 0; i < verdict.culprits.size(); ++i) {
        auto const& culprit = verdict.culprits[i];
        if (!culprit.access) {
            ++tally.culprits;
            tally.of_one_link += culprit.links.size() == 1 ? 1 : 0;
            tally.links_named += static_cast<int>(culprit.links.size());
        }
        bool right = false;
        double passing = 1;  // a segment loses what its links lose together
        for (auto const& ends : truth) {
            auto const& wire = network.wire(ends.first, ends.second);
            if (!names(network, culprit, ends, wire.loss)) continue;
            right = true;
            passing *= 1 - wire.loss * wire.bad_rounds;
            if (std::ranges::find(named, ends) == named.end()) named.push_back(ends);
        }
        wrong = wrong || !right;
        if (!right) continue;
        tally.first_right += i == 0 ? 1 : 0;
        ++tally.intervals;
        double const loss = 1 - passing;
        tally.covered += culprit.loss.low <= loss && loss <= culprit.loss.high ? 1 : 0;
    }
    tally.accused_wrongly += wrong ? 1 : 0;
    tally.all_named += named.size() == truth.size() ? 1 : 0;
    tally.lossy_links += static_cast<int>(truth.size());
    tally.lossy_named += static_cast<int>(named.size());
    tally.one_each += named.size() == truth.size() && verdict.culprits.size() == truth.size();
    if (verdict.verdict != Verdict::clean) return;
    double worst = 0;
    for (auto const& [from, to] : truth)
        worst = std::max(worst, network.wire(from, to).loss);
    ++tally.bounds;
    tally.bound += *verdict.bound;
    tally.bounds_right += worst <= *verdict.bound ? 1 : 0;
}

void count_rule(Tally& tally, LossyNetwork& network, Truth const& truth, Evidence const& evidence) {
    bool wrong = false;
    for (auto const& path : evidence.paths()) {
        bool const flagged = test::fbtracert_flags(path);
        bool const sick = std::ranges::any_of(network.flows(), [&](auto const& flow) {
            return flow.number == path.flow.header && crosses(flow, truth);
        });
        ++(sick ? tally.sick : tally.healthy);
        if (flagged) ++(sick ? tally.rule_sick : tally.rule_healthy);
        wrong = wrong || (flagged && !sick);
    }
    tally.rule_runs_wrong += wrong ? 1 : 0;
}

/// How many of the traces would have decided it by themselves.
void count_alone(Tally& tally, LossyNetwork& network, unsigned rounds, unsigned attempts) {
    auto const flows = network.flows();
    for (auto const& flow : flows) {
        network.flows() = {flow};
        Evidence evidence;
        network.run(evidence, rounds, attempts);
        ++tally.alone;
        tally.alone_decided += locate_loss(evidence).verdict == Verdict::culprit ? 1 : 0;
    }
    network.flows() = flows;
}

std::string share(int part, int all) {
    if (all == 0) return "–";
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %%", 100.0 * part / all);
    return text;
}

std::string named(Situation const& situation, Tally const& tally) {
    if (tally.lossy_links == 0) return "–";
    auto text = share(tally.all_named, situation.runs);
    if (situation.accesses > 0)
        text += " (of these links " + share(tally.lossy_named, tally.lossy_links) + ")";
    else if (tally.one_each != tally.all_named)
        text += " (each by itself " + share(tally.one_each, situation.runs) + ")";
    return text;
}

void print(Situation const& situation, Tally const& tally) {
    int const runs = situation.runs;
    bool const may_be_first = tally.lossy_links > situation.accesses * runs;
    std::printf(
        "| %s | %d | %s / %s / %s | %s | %s | %s | %s | %s | %s | %s |\n", situation.name.c_str(),
        runs, share(tally.clean, runs).c_str(), share(tally.culprit, runs).c_str(),
        share(tally.undecided, runs).c_str(), share(tally.accused_wrongly, runs).c_str(),
        named(situation, tally).c_str(), share(tally.first_right, may_be_first ? runs : 0).c_str(),
        share(tally.covered, tally.intervals).c_str(),
        tally.bounds ? (share(tally.bounds_right, tally.bounds) + " (mean x " +
                        std::to_string(100 * tally.bound / tally.bounds).substr(0, 4) + " %)")
                           .c_str()
                     : "–",
        share(tally.rule_runs_wrong, runs).c_str(), share(tally.rule_sick, tally.sick).c_str());
    if (tally.of_one_link < tally.culprits)
        std::printf("    (%d of %d culprits name one link, the mean %.2f)\n", tally.of_one_link,
                    tally.culprits, static_cast<double>(tally.links_named) / tally.culprits);
    if (tally.alone > 0)
        std::printf("    (each trace alone names somebody in %s)\n",
                    share(tally.alone_decided, tally.alone).c_str());
    std::fflush(stdout);
}

constexpr int routers[] = {1, 2, 31, 32, 33, 34, 41, 42, 43, 44, 51, 52, 53, 54, 6, 7};

void answer(LossyNetwork& network, double share) {
    for (int const router : routers)
        network.responder(router).answers = share;
}

void answer_at_random(LossyNetwork& network) {
    for (int const router : routers)
        network.responder(router).answers = 0.2 + 0.8 * network.random();
}

LossyNetwork plain(std::uint64_t seed) {
    return diamond(seed);
}

std::vector<Situation> without_loss() {
    auto const none = [](auto spoil) {
        return [spoil](LossyNetwork& network) {
            spoil(network);
            return Truth{};
        };
    };
    auto const missing = [](double share) {
        return [share](LossyNetwork& network) {
            answer(network, 1 - share);
            network.responder(8).answers = 1 - share;
        };
    };
    using Nodes = std::vector<int>;
    auto const answering = [none](Nodes nodes, double low, double high) {
        return none([=](LossyNetwork& network) {
            for (int const node : nodes)
                network.responder(node).answers = low + (high - low) * network.random();
        });
    };
    auto const limited = [none](Nodes nodes, unsigned most) {
        return none([=](LossyNetwork& network) {
            for (int const node : nodes)
                network.responder(node).most_per_round = most;
        });
    };
    return {
        {"clean network", 1000, 10, 10, plain, none([](auto&) {})},
        {"every router answers 20–100 %", 2000, 10, 10, plain, none(answer_at_random)},
        {"the same, and the target too", 1000, 10, 10, plain, none([](LossyNetwork& network) {
             answer_at_random(network);
             network.responder(8).answers = 0.2 + 0.8 * network.random();
         })},
        {"last two routers answer 80 %", 1000, 10, 10, plain, answering({6, 7}, 0.8, 0.8)},
        {"the same, and the target too", 1000, 10, 10, plain, answering({6, 7, 8}, 0.8, 0.8)},
        {"all from hop 3 on, not the target, answer 70 %", 1000, 10, 10, plain,
         none([](LossyNetwork& network) {
             answer(network, 0.7);
             network.responder(1).answers = network.responder(2).answers = 1;
         })},
        {"routers answer 40 packets a round, first come", 1000, 10, 10, plain,
         none([](LossyNetwork& network) {
             for (int const router : routers)
                 network.responder(router).most_per_round = 40;
         })},
        {"the target and two before it do", 1000, 10, 10, plain, limited({6, 7, 8}, 40)},
        {"the last router and the target do", 1000, 10, 10, plain, limited({7, 8}, 40)},
        {"the same, 158 packets a round, 100 rounds", 300, 100, 10, plain, limited({7, 8}, 158)},
        {"last router and target answer 80 %", 1000, 10, 10, plain, answering({7, 8}, 0.8, 0.8)},
        {"the same, 1,000 packets", 100, 100, 10, plain, answering({7, 8}, 0.8, 0.8)},
        {"last router and target answer 95 %", 1000, 10, 10, plain, answering({7, 8}, 0.95, 0.95)},
        {"the same, 1,000 packets", 300, 100, 10, plain, answering({7, 8}, 0.95, 0.95)},
        {"last router and target answer 20–100 %, 1,000 packets", 300, 100, 10, plain,
         answering({7, 8}, 0.2, 1)},
        {"last router and target answer 98–100 %, 1,000 packets", 300, 100, 10, plain,
         answering({7, 8}, 0.98, 1)},
        {"last router and target answer 99 %, 1,000 packets", 300, 100, 10, plain,
         answering({7, 8}, 0.99, 0.99)},
        {"1 % of answers missing everywhere", 1000, 10, 10, plain, none(missing(0.01))},
        {"the same, 1,000 packets", 300, 100, 10, plain, none(missing(0.01))},
        {"5 % of answers missing everywhere", 1000, 10, 10, plain, none(missing(0.05))},
        {"networks drawn at random, a fifth answers 20–100 %", 300, 10, 10, test::random_network,
         none([](auto&) {})},
        {"10 % lost on the way back from one router", 1000, 10, 10, plain,
         none([](LossyNetwork& network) {
             network.responder(routers[network.below(16)]).answers = 0.9;
         })},
        {"10 % lost on the way back of half the target's flows", 1000, 10, 10, plain,
         none([](LossyNetwork& network) {
             for (auto& flow : network.flows())
                 if (network.below(2)) flow.returns = 0.9;
         })},
    };
}

std::vector<Situation> with_loss() {
    auto const branch = [](double loss) {
        return [loss](LossyNetwork& network) { return lose_on_a_branch(network, loss); };
    };
    auto const link = [](Ends ends, double loss) {
        return [=](LossyNetwork& network) { return lose(network, ends, loss); };
    };
    auto const somewhere = [](int count) {
        return [count](LossyNetwork& network) { return test::lose_somewhere(network, count); };
    };
    return {
        {"5 % on one branch link", 1000, 10, 10, plain, branch(0.05)},
        {"the same, routers answer 20–100 %", 1000, 10, 10, plain,
         [](LossyNetwork& network) {
             answer_at_random(network);
             return lose_on_a_branch(network, 0.05);
         }},
        {"1 % on one branch link, 1,000 packets", 200, 100, 10, plain, branch(0.01)},
        {"1 % on 1→2, 1,000 packets", 300, 100, 10, plain, link({1, 2}, 0.01)},
        {"1 % on 6→7, 1,000 packets", 300, 100, 10, plain, link({6, 7}, 0.01)},
        {"5 % on 1→2 (all flows)", 500, 10, 10, plain, link({1, 2}, 0.05)},
        {"5 % on 6→7 (all flows, two hops beyond)", 500, 10, 10, plain, link({6, 7}, 0.05)},
        {"the same, 1,000 packets", 300, 100, 10, plain, link({6, 7}, 0.05)},
        {"5 % on the last link", 500, 10, 10, plain, link({7, 8}, 0.05)},
        {"5 % on the access link", 500, 10, 10, plain, link({0, 1}, 0.05)},
        {"two links of different branches, 5 % each", 1000, 10, 10, plain,
         [](LossyNetwork& network) {
             int const first = network.below(4);
             int const second = (first + 1 + network.below(3)) % 4;
             Truth truth;
             for (int const b : {first, second})
                 truth.push_back(branch_links(b)[static_cast<std::size_t>(network.below(4))]);
             for (auto const& ends : truth)
                 network.wire(ends.first, ends.second).loss = 0.05;
             return truth;
         }},
        {"two links of one branch, 5 % each", 1000, 10, 10, plain, test::two_of_a_branch},
        {"the same, 1,000 packets", 300, 100, 10, plain, test::two_of_a_branch},
        {"1→2 and one branch link, 5 % each", 1000, 10, 10, plain, test::shared_and_branch},
        {"the same, 1,000 packets", 300, 100, 10, plain, test::shared_and_branch},
        {"any two of 1→2 and the branch links, 5 % each", 1000, 10, 10, plain, test::two_of_all},
        {"networks drawn at random, one link", 300, 10, 10, test::random_network, somewhere(1)},
        {"networks drawn at random, two links", 300, 10, 10, test::random_network, somewhere(2)},
        {"the same, 600 packets", 300, 60, 10, test::random_network, somewhere(2)},
        {"networks drawn at random, three links", 300, 10, 10, test::random_network, somewhere(3)},
        {"all through one branch lost", 500, 10, 10, plain, branch(1)},
        {"3 probes × 2 targets, 1 flow each, 3 % on 1→2", 1000, 10, 10, test::shared_core,
         link({1, 2}, 0.03)},
        {"the same on 2→3", 1000, 10, 10, test::shared_core, link({2, 3}, 0.03)},
        {"105 probes, 20 % on 100 of their access links", 20, 10, 10, test::many_probes(105),
         test::lossy_accesses(100, 0.2, 0.2), 100},
        {"the same, 400 packets", 20, 40, 10, test::many_probes(105),
         test::lossy_accesses(100, 0.2, 0.2), 100},
        {"105 probes, 5–30 % on 100 of their access links, 400 packets", 20, 40, 10,
         test::many_probes(105), test::lossy_accesses(100, 0.05, 0.3), 100},
        {"30 probes, 5–30 % on 10 of their access links, 400 packets", 100, 40, 10,
         test::many_probes(30), test::lossy_accesses(10, 0.05, 0.3), 10},
        {"12 probes, 5–30 % on 8 of their access links, 400 packets", 100, 40, 10,
         test::many_probes(12), test::lossy_accesses(8, 0.05, 0.3), 8},
        {"30 probes, 5–30 % on 8 of their access links, 10 % on 2→3, 400 packets", 100, 40, 10,
         test::many_probes(30), test::accesses_and_shared, 8},
        {"40 probes × 3 targets, a fifth answers 20–100 %, 5–30 % on 20 access links", 200, 10, 10,
         test::branching_probes, test::lossy_accesses(20, 0.05, 0.3), 20},
        {"30 probes, 20 % on 1→2", 100, 10, 10, test::many_probes(30), link({1, 2}, 0.2)},
        {"0.2 % on one branch link", 1000, 10, 10, plain, branch(0.002)},
        {"0.5 % on one branch link", 1000, 10, 10, plain, branch(0.005)},
        {"1 % on one branch link", 1000, 10, 10, plain, branch(0.01)},
    };
}

void study(Situation situation, int divide, std::string const& wanted) {
    if (situation.name.find(wanted) == std::string::npos) return;
    situation.runs = std::max(10, situation.runs / divide);
    Tally tally;
    for (int run = 0; run < situation.runs; ++run) {
        auto network = situation.network(static_cast<std::uint64_t>(run) + 1);
        auto const truth = situation.spoil(network);
        Evidence evidence;
        network.run(evidence, situation.rounds, situation.attempts);
        count_verdict(tally, network, truth, locate_loss(evidence));
        count_rule(tally, network, truth, evidence);
        if (evidence.probes().size() > 1 && network.flows().size() <= 6)
            count_alone(tally, network, situation.rounds, situation.attempts);
    }
    print(situation, tally);
}

}  // namespace

int main(int argc, char** argv) {
    int const divide = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
    std::string const wanted = argc > 2 ? argv[2] : "";
    auto const begin = std::chrono::steady_clock::now();
    std::printf(
        "| situation | runs | clean / culprit / undecided | wrong culprit | all named | right one "
        "first | interval covers | bound right | fbtracert: runs that flag a healthy flow | "
        "fbtracert: lossy flows flagged |\n|---|---|---|---|---|---|---|---|---|---|\n");
    for (auto const& situation : without_loss())
        study(situation, divide, wanted);
    for (auto const& situation : with_loss())
        study(situation, divide, wanted);
    std::printf("\n%.0f s\n",
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    return 0;
}
