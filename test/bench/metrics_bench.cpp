// What a scrape of /metrics costs with 1,000 probes of 100 measurements each: the longest time that
// it holds up the one thread, and what the pool has to write. For docs/performance.md.

#include "ingest/latest_rounds.hpp"
#include "metrics/snapshot.hpp"
#include "process.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <string>

using namespace dtrace;
using namespace dtrace::master;
using test::seconds_since;

namespace {

constexpr int probes = 1'000;
constexpr int measurements = 100;
constexpr std::size_t in_a_row = 500;  ///< as handlers_metrics.cpp has it

std::string name_of(int measurement) {
    return "www" + std::to_string(measurement) + ".example.net";
}

LatestRounds filled() {
    LatestRounds latest;
    for (int probe = 0; probe < probes; ++probe)
        for (int measurement = 0; measurement < measurements; ++measurement)
            for (unsigned round = 0; round < LatestRounds::rounds_kept; ++round)
                latest.take(RoundSeen{.probe = "probe" + std::to_string(probe),
                                      .measurement = make_uuid_from_name(name_of(measurement)),
                                      .started_at = Timestamp(seconds(1'790'000'000 + round)),
                                      .reached = true,
                                      .rtt_us = 12'345 + round,
                                      .count = {24, 23},
                                      .links = {}},
                            Timestamp(seconds(1'790'000'100)));
    return latest;
}

void scrape(LatestRounds const& latest, std::size_t max_pairs) {
    std::map<Uuid, std::string> names;
    for (int measurement = 0; measurement < measurements; ++measurement)
        names.emplace(make_uuid_from_name(name_of(measurement)), name_of(measurement));
    MetricsSnapshot snapshot{.latest = LatestFigures(names, max_pairs)};
    double longest = 0;
    double all = 0;
    std::optional<LatestRounds::Key> last;
    for (bool more = true; more;) {
        auto const began = Clock::now();
        auto const cells = latest.cells_after(last, in_a_row);
        snapshot.latest.add(cells);
        more = cells.size() == in_a_row;
        if (more) last = {cells.back().probe, cells.back().measurement};
        auto const took = seconds_since(began);
        longest = std::max(longest, took);
        all += took;
    }
    auto const began = Clock::now();
    auto const text = write_metrics(snapshot);
    std::printf(
        "%zu of %d pairs: one thread %.1f ms in all, %.2f ms at once; written in %.0f ms, "
        "%.1f MB\n",
        std::min<std::size_t>(max_pairs, probes * measurements), probes * measurements, 1e3 * all,
        1e3 * longest, 1e3 * seconds_since(began), static_cast<double>(text.size()) / 1e6);
}

}  // namespace

int main() {
    auto const latest = filled();
    for (std::size_t const max_pairs : {20'000, 100'000})
        scrape(latest, max_pairs);
}
