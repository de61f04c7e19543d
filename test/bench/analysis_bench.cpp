// The verdict over a million flow-paths: seconds and memory, for docs/analysis.md.
// `analysis_bench 0` without the two lossy links.

#include "process.hpp"

#include <dtrace/analysis/locate_loss.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace dtrace;
using namespace dtrace::analysis;
using test::peak_memory;
using test::seconds_since;

namespace {

constexpr unsigned probes = 250;
constexpr unsigned targets = 100;
constexpr unsigned flows = 40;
constexpr unsigned packets = 20;

unsigned percent_lost = 5;
std::uint64_t state = 1;

std::uint32_t random_below(std::uint32_t limit) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>((state >> 33) % limit);
}

/// A router of a layer, or a target.
IpAddress address(unsigned layer, unsigned number) {
    return IpV4(0x0A00'0000u + (layer << 20) + number);
}

/// Of two lossy links, one crossed by many probes and one by few.
bool passes(unsigned layer, unsigned from, unsigned to) {
    bool const lossy =
        (layer == 4 && from == 17 && to == 119) || (layer == 6 && from == 56 && to == 40);
    return !lossy || random_below(100) >= percent_lost;
}

struct Round {
    Evidence& evidence;
    std::vector<HopCounts> hops = std::vector<HopCounts>(8);

    Evidence::Share add(unsigned probe, unsigned target, unsigned flow, ProbeIndex index) {
        unsigned way[8] = {probe,
                           probe % 64,
                           (probe + flow % 4) % 128,
                           (target + flow % 8) % 128,
                           (target * 7 + flow % 4) % 128,
                           (target * 3) % 64,
                           target,
                           target};
        unsigned arriving = packets;
        for (unsigned hop = 0; hop < 8; ++hop) {
            arriving = packets;
            for (unsigned packet = 0; packet < packets; ++packet)
                for (unsigned link = 1; link <= hop; ++link)
                    if (!passes(link, way[link - 1], way[link])) {
                        --arriving;
                        break;
                    }
            unsigned answered = arriving;
            if ((way[hop] + hop) % 5 == 0 && hop < 7)  // a fifth of the routers is half deaf
                answered = arriving - random_below(arriving + 1) / 2;
            hops[hop] = {evidence.node(address(hop, way[hop])), packets, answered};
        }
        return evidence.add({.flow = {index, hops[7].node, flow}, .reached = true, .hops = hops});
    }
};

}  // namespace

int main(int argc, char** argv) {
    if (argc > 1) percent_lost = static_cast<unsigned>(std::atoi(argv[1]));
    Evidence evidence;
    Round round{.evidence = evidence};
    auto begin = std::chrono::steady_clock::now();
    std::vector<Evidence::Share> some;
    for (unsigned probe = 0; probe < probes; ++probe) {
        auto const index = evidence.probe("probe " + std::to_string(probe));
        for (unsigned target = 0; target < targets; ++target)
            for (unsigned flow = 0; flow < flows; ++flow) {
                auto share = round.add(probe, target, flow, index);
                if (some.size() < 10'000) some.push_back(std::move(share));
            }
    }
    std::printf("%zu flow-paths made and added: %.2f s\n", evidence.paths().size(),
                seconds_since(begin));
    begin = std::chrono::steady_clock::now();
    auto const verdict = locate_loss(evidence);
    std::printf("verdict: %.2f s, peak memory%s\n%s\n", seconds_since(begin), peak_memory().c_str(),
                verdict.summary.c_str());
    begin = std::chrono::steady_clock::now();
    for (auto const& share : some)
        evidence.remove(share);
    std::printf("10,000 rounds taken out: %.4f s\n", seconds_since(begin));
    return 0;
}
