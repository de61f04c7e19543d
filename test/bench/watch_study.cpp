// How often `trace --find-loss` is right, which looks again and again and stops when it is certain:
// the second table of docs/analysis.md. Seeded; `watch_study 10` does a tenth of the runs.

#include "lossy_trace.hpp"

#include <dtrace/analysis/loss_watch.hpp>

#include <algorithm>
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

constexpr unsigned attempts = 3;
/// As many as fit into the usual minute.
constexpr std::uint32_t most_rounds = 300;

using Ends = std::pair<int, int>;

struct Situation {
    std::string name;
    int runs;
    std::function<std::vector<Ends>(LossyNetwork&)> spoil;  ///< gives the links that lose
};

struct Tally {
    int clean = 0, culprit = 0, undecided = 0;
    int early = 0;    ///< it was certain before its time was over
    int wrong = 0;    ///< names a link that loses nothing
    int at_last = 0;  ///< of these, only when its time was over
    int right = 0;    ///< names all that lose
    std::vector<std::uint32_t> rounds;
};

bool is(Place const& place, int node) {
    return place.addresses == std::vector{LossyNetwork::address(node)};
}

bool names(Culprit const& culprit, Ends const& ends) {
    return std::ranges::any_of(culprit.links, [&](Link const& link) {
        return is(link.from, ends.first) && is(link.to, ends.second);
    });
}

void run(Situation const& situation, std::uint64_t seed, Tally& tally) {
    auto network = diamond(seed);
    auto const lossy = situation.spoil(network);
    LossWatch watch;
    while (!watch.certain() && watch.rounds() < most_rounds)
        watch.add(test::lossy_round(network, attempts));
    auto const verdict = watch.conclude();
    ++(verdict.verdict == Verdict::clean     ? tally.clean
       : verdict.verdict == Verdict::culprit ? tally.culprit
                                             : tally.undecided);
    tally.early += watch.certain() ? 1 : 0;
    tally.rounds.push_back(watch.rounds());
    bool const wrong = std::ranges::any_of(verdict.culprits, [&](Culprit const& culprit) {
        return std::ranges::none_of(lossy, [&](Ends const& ends) { return names(culprit, ends); });
    });
    tally.wrong += wrong ? 1 : 0;
    tally.at_last += wrong && !watch.certain() ? 1 : 0;
    bool const right = std::ranges::all_of(lossy, [&](Ends const& ends) {
        return std::ranges::any_of(verdict.culprits,
                                   [&](Culprit const& culprit) { return names(culprit, ends); });
    });
    tally.right += !lossy.empty() && right ? 1 : 0;
}

std::string share(int part, int all) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %%", 100.0 * part / all);
    return text;
}

void study(Situation situation, int divide) {
    situation.runs = std::max(10, situation.runs / divide);
    int const runs = situation.runs;
    Tally tally;
    for (int number = 0; number < runs; ++number)
        run(situation, static_cast<std::uint64_t>(number) + 1, tally);
    std::ranges::sort(tally.rounds);
    std::printf("| %s | %d | %s / %s / %s | %s (%s) | %s | %s | %u / %u |\n",
                situation.name.c_str(), runs, share(tally.clean, runs).c_str(),
                share(tally.culprit, runs).c_str(), share(tally.undecided, runs).c_str(),
                share(tally.wrong, runs).c_str(), share(tally.at_last, runs).c_str(),
                share(tally.right, runs).c_str(), share(tally.early, runs).c_str(),
                tally.rounds[tally.rounds.size() / 2], tally.rounds[tally.rounds.size() * 9 / 10]);
    std::fflush(stdout);
}

constexpr int everybody[] = {1, 2, 31, 32, 33, 34, 41, 42, 43, 44, 51, 52, 53, 54, 6, 7, 8};

void all_answer(LossyNetwork& network, std::function<double()> const& share) {
    for (int const node : everybody)
        network.responder(node).answers = share();
}

std::vector<Situation> situations() {
    auto const none = [](auto spoil) {
        return [spoil](LossyNetwork& network) {
            spoil(network);
            return std::vector<Ends>();
        };
    };
    auto const links = [](std::vector<Ends> lossy, double loss) {
        return [=](LossyNetwork& network) {
            for (auto const& [from, to] : lossy)
                network.wire(from, to).loss = loss;
            return lossy;
        };
    };
    auto const random_share = [](LossyNetwork& network, int but) {
        all_answer(network, [&] { return 0.2 + 0.8 * network.random(); });
        if (but) network.responder(but).answers = 1;
    };
    return {
        {"clean network", 500, none([](auto&) {})},
        {"every router answers 20–100 %", 500,
         none([=](LossyNetwork& network) { random_share(network, 8); })},
        {"the same, and the target too", 500,
         none([=](LossyNetwork& network) { random_share(network, 0); })},
        {"1 % of answers missing everywhere", 500,
         none([](LossyNetwork& network) { all_answer(network, [] { return 0.99; }); })},
        {"5 % of answers missing everywhere", 500,
         none([](LossyNetwork& network) { all_answer(network, [] { return 0.95; }); })},
        {"last router and target answer 20–100 %", 500, none([](LossyNetwork& network) {
             for (int const node : {7, 8})
                 network.responder(node).answers = 0.2 + 0.8 * network.random();
         })},
        {"the last three answer 12 packets a round, first come", 500,
         none([](LossyNetwork& network) {
             for (int const node : {6, 7, 8})
                 network.responder(node).most_per_round = 12;
         })},
        {"5 % on one branch link", 300, links({{31, 41}}, 0.05)},
        {"2 % on one branch link", 300, links({{31, 41}}, 0.02)},
        {"1 % on one branch link", 300, links({{31, 41}}, 0.01)},
        {"2 % on 1→2 (all flows)", 300, links({{1, 2}}, 0.02)},
        {"5 % on two links of one branch", 300, links({{31, 41}, {41, 51}}, 0.05)},
        {"5 % on 1→2 and a branch link", 300, links({{1, 2}, {31, 41}}, 0.05)},
    };
}

}  // namespace

int main(int argc, char** argv) {
    int const divide = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
    std::printf(
        "| situation | runs | clean / culprit / undecided | wrong culprit (of these at the end of "
        "its time) | right ones named | certain early | rounds, median / 90 %% |\n"
        "|---|---|---|---|---|---|---|\n");
    for (auto const& situation : situations())
        study(situation, divide);
    return 0;
}
