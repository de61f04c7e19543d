// How often the analysis is right: the table of docs/analysis.md. Seeded, so that it comes out the
// same each time; a few minutes. `analysis_study 10` does a tenth of the runs.

#include "fbtracert_rule.hpp"
#include "lossy_network.hpp"

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
using test::diamond;
using test::LossyNetwork;

namespace {

using Ends = std::pair<int, int>;
using Truth = std::vector<Ends>;

struct Situation {
    std::string name;
    int runs;
    unsigned rounds;
    unsigned attempts;
    std::function<LossyNetwork(std::uint64_t)> network;
    std::function<Truth(LossyNetwork&)> spoil;  ///< gives the links that lose
};

struct Tally {
    int clean = 0, culprit = 0, undecided = 0;
    int accused_wrongly = 0;  ///< runs that name a link which loses nothing
    int all_named = 0, first_right = 0;
    int intervals = 0, covered = 0;
    int bounds = 0, bounds_right = 0;
    double bound = 0;
    int alone_decided = 0, alone = 0;
    int rule_healthy = 0, rule_sick = 0;  ///< flows flagged by fbtracert's rule
    int healthy = 0, sick = 0;            ///< flows
    int rule_runs_wrong = 0;              ///< runs in which it flags a healthy flow
};

bool is(Place const& place, int node) {
    return node == 0 ? place.probe.has_value()
                     : place.addresses == std::vector{LossyNetwork::address(node)};
}

bool names(Culprit const& culprit, Ends const& ends, double loss) {
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
    std::size_t named = 0;
    bool wrong = false;
    for (std::size_t i = 0; i < verdict.culprits.size(); ++i) {
        auto const& culprit = verdict.culprits[i];
        auto const found = std::ranges::find_if(truth, [&](Ends const& ends) {
            return names(culprit, ends, network.wire(ends.first, ends.second).loss);
        });
        wrong = wrong || found == truth.end();
        if (found == truth.end()) continue;
        ++named;
        tally.first_right += i == 0 ? 1 : 0;
        auto const& wire = network.wire(found->first, found->second);
        double const loss = wire.loss * wire.bad_rounds;
        ++tally.intervals;
        tally.covered += culprit.loss.low <= loss && loss <= culprit.loss.high ? 1 : 0;
    }
    tally.accused_wrongly += wrong ? 1 : 0;
    tally.all_named += named == truth.size() ? 1 : 0;
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

void print(Situation const& situation, Tally const& tally, bool lossy) {
    int const runs = situation.runs;
    std::printf(
        "| %s | %d | %s / %s / %s | %s | %s | %s | %s | %s | %s | %s |\n", situation.name.c_str(),
        runs, share(tally.clean, runs).c_str(), share(tally.culprit, runs).c_str(),
        share(tally.undecided, runs).c_str(), share(tally.accused_wrongly, runs).c_str(),
        lossy ? share(tally.all_named, runs).c_str() : "–",
        lossy ? share(tally.first_right, runs).c_str() : "–",
        share(tally.covered, tally.intervals).c_str(),
        tally.bounds ? (share(tally.bounds_right, tally.bounds) + " (mean x " +
                        std::to_string(100 * tally.bound / tally.bounds).substr(0, 4) + " %)")
                           .c_str()
                     : "–",
        share(tally.rule_runs_wrong, runs).c_str(), share(tally.rule_sick, tally.sick).c_str());
    if (tally.alone > 0)
        std::printf("    (each trace alone names somebody in %s)\n",
                    share(tally.alone_decided, tally.alone).c_str());
    std::fflush(stdout);
}

constexpr int routers[] = {1, 2, 31, 32, 33, 34, 41, 42, 43, 44, 51, 52, 53, 54, 6, 7};

Truth branch_links(int branch) {
    return {
        {2, 31 + branch}, {31 + branch, 41 + branch}, {41 + branch, 51 + branch}, {51 + branch, 6}};
}

Truth lose(LossyNetwork& network, Ends const& ends, double loss) {
    network.wire(ends.first, ends.second).loss = loss;
    return {ends};
}

Truth lose_on_a_branch(LossyNetwork& network, double loss) {
    auto const links = branch_links(network.below(4));
    return lose(network, links[static_cast<std::size_t>(network.below(4))], loss);
}

void answer(LossyNetwork& network, double share) {
    for (int const router : routers)
        network.responder(router).answers = share;
}

/// 3 probes × 2 targets, one flow each: two routers of the probe's own, 1, 2, 3 and 4 of all, and
/// one before each target.
LossyNetwork shared_core(std::uint64_t seed) {
    LossyNetwork network(seed);
    for (int probe = 0; probe < 3; ++probe)
        for (int target = 0; target < 2; ++target)
            network.flow({.probe = "p" + std::to_string(probe),
                          .source = 1000 + probe,
                          .target = 200 + target,
                          .number = static_cast<std::uint64_t>(10 * probe + target),
                          .stops = {{10 + probe},
                                    {20 + probe},
                                    {1},
                                    {2},
                                    {3},
                                    {4},
                                    {100 + target},
                                    {200 + target}}});
    return network;
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
    auto const random_answers = [](LossyNetwork& network) {
        for (int const router : routers)
            network.responder(router).answers = 0.2 + 0.8 * network.random();
    };
    return {
        {"clean network", 1000, 10, 10, plain, none([](auto&) {})},
        {"every router answers 20–100 %", 2000, 10, 10, plain, none(random_answers)},
        {"the same, and the target too", 1000, 10, 10, plain, none([=](LossyNetwork& network) {
             random_answers(network);
             network.responder(8).answers = 0.2 + 0.8 * network.random();
         })},
        {"last two routers answer 80 %", 1000, 10, 10, plain, none([](LossyNetwork& network) {
             network.responder(6).answers = network.responder(7).answers = 0.8;
         })},
        {"the same, and the target too", 1000, 10, 10, plain, none([](LossyNetwork& network) {
             for (int const node : {6, 7, 8})
                 network.responder(node).answers = 0.8;
         })},
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
        {"the target and two before it do", 1000, 10, 10, plain, none([](LossyNetwork& network) {
             for (int const node : {6, 7, 8})
                 network.responder(node).most_per_round = 40;
         })},
        {"1 % of answers missing everywhere", 1000, 10, 10, plain, none([](LossyNetwork& network) {
             answer(network, 0.99);
             network.responder(8).answers = 0.99;
         })},
        {"5 % of answers missing everywhere", 1000, 10, 10, plain, none([](LossyNetwork& network) {
             answer(network, 0.95);
             network.responder(8).answers = 0.95;
         })},
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
    return {
        {"5 % on one branch link", 1000, 10, 10, plain, branch(0.05)},
        {"the same, routers answer 20–100 %", 1000, 10, 10, plain,
         [](LossyNetwork& network) {
             for (int const router : routers)
                 network.responder(router).answers = 0.2 + 0.8 * network.random();
             return lose_on_a_branch(network, 0.05);
         }},
        {"1 % on one branch link, 1,000 packets", 200, 100, 10, plain, branch(0.01)},
        {"1 % on 1→2, 1,000 packets", 100, 100, 10, plain, link({1, 2}, 0.01)},
        {"1 % on 6→7, 1,000 packets", 100, 100, 10, plain, link({6, 7}, 0.01)},
        {"5 % on 1→2 (all flows)", 500, 10, 10, plain, link({1, 2}, 0.05)},
        {"5 % on 6→7 (all flows, two hops beyond)", 500, 10, 10, plain, link({6, 7}, 0.05)},
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
        {"two links of one branch, 5 % each", 500, 10, 10, plain,
         [](LossyNetwork& network) {
             auto links = branch_links(network.below(4));
             links.erase(links.begin() + network.below(4));
             links.erase(links.begin() + network.below(3));
             for (auto const& ends : links)
                 network.wire(ends.first, ends.second).loss = 0.05;
             return links;
         }},
        {"all through one branch lost", 500, 10, 10, plain, branch(1)},
        {"3 probes × 2 targets, 1 flow each, 3 % on 1→2", 1000, 10, 10, shared_core,
         link({1, 2}, 0.03)},
        {"the same on 2→3", 1000, 10, 10, shared_core, link({2, 3}, 0.03)},
        {"0.2 % on one branch link", 1000, 10, 10, plain, branch(0.002)},
        {"0.5 % on one branch link", 1000, 10, 10, plain, branch(0.005)},
        {"1 % on one branch link", 1000, 10, 10, plain, branch(0.01)},
    };
}

void study(Situation situation, int divide) {
    situation.runs = std::max(10, situation.runs / divide);
    Tally tally;
    bool lossy = false;
    for (int run = 0; run < situation.runs; ++run) {
        auto network = situation.network(static_cast<std::uint64_t>(run) + 1);
        auto const truth = situation.spoil(network);
        lossy = lossy || !truth.empty();
        Evidence evidence;
        network.run(evidence, situation.rounds, situation.attempts);
        count_verdict(tally, network, truth, locate_loss(evidence));
        count_rule(tally, network, truth, evidence);
        if (evidence.probes().size() > 1)
            count_alone(tally, network, situation.rounds, situation.attempts);
    }
    print(situation, tally, lossy);
}

}  // namespace

int main(int argc, char** argv) {
    int const divide = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
    auto const begin = std::chrono::steady_clock::now();
    std::printf(
        "| situation | runs | clean / culprit / undecided | wrong culprit | all named | right one "
        "first | interval covers | bound right | fbtracert: runs that flag a healthy flow | "
        "fbtracert: lossy flows flagged |\n|---|---|---|---|---|---|---|---|---|---|\n");
    for (auto const& situation : without_loss())
        study(situation, divide);
    for (auto const& situation : with_loss())
        study(situation, divide);
    std::printf("\n%.0f s\n",
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    return 0;
}
