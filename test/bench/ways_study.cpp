// How often loss is told from loss on the way back where two probes measure each other, with the
// counts of the other end and without them: a table of docs/analysis.md. Seeded. `ways_study 10`
// does a tenth of the runs.

#include "both_ways.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

using namespace dtrace;
using namespace dtrace::analysis;
using test::BothWays;
using test::LossyNetwork;

namespace {

constexpr int all_runs = 200;

struct Tally {
    int named = 0;    ///< the link that loses, by a culprit
    int forward = 0;  ///< and as lost on the way there
    int wrong = 0;    ///< another one is named
    int wrong_forward = 0;
    int clean = 0;
    int covered = 0;  ///< of those named: the interval covers the truth
};

bool stands_at(Place const& place, int node) {
    return place.addresses == std::vector{LossyNetwork::address(node)};
}

bool names_link(BothWays::Situation const& situation, Culprit const& culprit) {
    if (situation.access) return culprit.access == "a";
    return !culprit.access && std::ranges::any_of(culprit.links, [&](Link const& link) {
        return stands_at(link.from, situation.from) && stands_at(link.to, situation.to);
    });
}

void count(Tally& tally, BothWays::Situation const& situation, LossVerdict const& verdict,
           double loss) {
    bool wrong = false;
    bool wrong_forward = false;
    for (auto const& culprit : verdict.culprits) {
        bool const forward = culprit.direction == Direction::forward;
        if (names_link(situation, culprit)) {
            ++tally.named;
            tally.forward += forward ? 1 : 0;
            tally.covered += culprit.loss.low <= loss && loss <= culprit.loss.high ? 1 : 0;
        } else {
            wrong = true;
            wrong_forward = wrong_forward || forward;
        }
    }
    tally.wrong += wrong ? 1 : 0;
    tally.wrong_forward += wrong_forward ? 1 : 0;
    tally.clean += verdict.verdict == Verdict::clean ? 1 : 0;
}

void study(BothWays::Situation const& situation, bool counted, unsigned rounds, double loss,
           int runs) {
    Tally tally;
    for (int run = 0; run < runs; ++run) {
        auto network = BothWays::network(static_cast<std::uint64_t>(run) + 1, counted);
        situation.spoil(network, loss);
        count(tally, situation, BothWays::judge(network, rounds, 10), loss);
    }
    auto const of = [](int part, int all) { return all > 0 ? 100.0 * part / all : 0.0; };
    auto const share = [&](int part) { return of(part, runs); };
    std::printf(
        "| %s | %.0f %% | %u | %s | %.1f %% | %.1f %% | %.1f %% | %.1f %% (%.1f %%) | %.1f %% |\n",
        situation.name.c_str(), 100 * loss, rounds * 10, counted ? "counted" : "–",
        share(tally.named), share(tally.forward), of(tally.covered, tally.named),
        share(tally.wrong), share(tally.wrong_forward), share(tally.clean));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    int const divide = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
    int const runs = std::max(10, all_runs / divide);
    std::printf(
        "| situation | loss | packets per flow and hop | arrivals | named | as `forward` | "
        "interval "
        "covers | another named (as `forward`) | clean |\n|---|---|---|---|---|---|---|---|---|\n");
    for (auto const& situation : BothWays::situations())
        for (auto const& [rounds, loss] : {std::pair(10U, 0.05), std::pair(2U, 0.1)})
            for (bool const counted : {false, true})
                study(situation, counted, rounds, loss, runs);
    return 0;
}
