// What the master's watch for culprits costs with 1,000 probes of 10 measurements each, a round a
// minute: for docs/analysis.md. Ends after some 13 minutes of the network's time. With `mesh` the
// targets are ten of the probes each, which tell what they heard.

#include "process.hpp"
#include "watch/network_watch.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::master;
using test::peak_memory;
using test::seconds_since;

namespace {

constexpr unsigned probes = 1'000;
constexpr unsigned measurements = 10;
constexpr unsigned flows = 8;
constexpr std::uint32_t attempts = 3;
constexpr unsigned hops = 10;
/// The watch gets what came in so long.
constexpr seconds batch_of{15};
constexpr int batches = 52;
constexpr int filled = 40;  ///< from then on the window is full

std::uint64_t state = 1;
bool mesh = false;

std::uint32_t random_below(std::uint32_t limit) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>((state >> 33) % limit);
}

IpAddress address(unsigned layer, unsigned number) {
    return IpV4(0x0A00'0000u + (layer << 20) + number);
}

/// Of two lossy links, one crossed by many probes and one by few.
bool is_lossy(unsigned layer, unsigned from, unsigned to) {
    return (layer == 5 && from % 32 == 3 && to == 7) || (layer == 2 && from == 1 && to == 1);
}

/// Measurement 0 is of the next probe and 1 of the one before, and so on: who is measured measures
/// back.
unsigned peer_of(unsigned probe, unsigned measurement) {
    unsigned const away = measurement / 2 + 1;
    return (measurement % 2 == 0 ? probe + away : probe + probes - away) % probes;
}

/// A quarter of the minute's rounds is sent at a time, by measurement.
unsigned quarter_of(unsigned probe, unsigned measurement) {
    return (measurement * probes + probe) * 4 / (probes * measurements);
}

/// All of its peer's last round arrived.
Heard heard_by(unsigned probe, unsigned measurement) {
    unsigned const theirs = quarter_of(peer_of(probe, measurement), measurement ^ 1);
    unsigned const since = (quarter_of(probe, measurement) + 4 - theirs) % 4;
    Heard heard{.listened_ms = 60'000, .flows = {}};
    for (unsigned flow = 0; flow < flows; ++flow)
        heard.flows.push_back(
            {.method = Method::udp,
             .source_port = static_cast<Port>(24'000 + flow),
             .destination_port = Port{33'434},
             .icmp_checksum = {},
             .ago_ms = since * static_cast<std::uint32_t>(milliseconds(batch_of).count()),
             .packets = attempts});
    return heard;
}

Trace round_of(unsigned probe, unsigned measurement, Timestamp at, bool lossy) {
    unsigned const target =
        mesh ? peer_of(probe, measurement) : (probe * 7 + measurement * 37) % 400;
    auto const responder = [&](unsigned layer, unsigned number) {
        return mesh && layer + 1 == hops ? address(15, target) : address(layer, number);
    };
    Trace trace;
    trace.id = make_uuid_v7(at);
    trace.probe = "probe " + std::to_string(probe);
    trace.measurement =
        MeasurementName{make_uuid_from_name(std::to_string(target)), std::to_string(target)};
    trace.target = {.host = std::to_string(target), .address = responder(hops - 1, target)};
    trace.source = address(15, probe);
    trace.started_at = at;
    trace.stop_reason = StopReason::completed;
    if (mesh) trace.heard = heard_by(probe, measurement);
    for (unsigned flow = 0; flow < flows; ++flow) {
        unsigned const way[hops] = {probe,
                                    probe % 100,
                                    probe % 50,
                                    (probe + flow % 4) % 64,
                                    (target + flow % 2) % 64,
                                    (target * 3 + flow % 4) % 64,
                                    target % 100,
                                    target % 200,
                                    target,
                                    target};
        Path path{.flow = static_cast<FlowIndex>(flow),
                  .source_port = static_cast<Port>(24'000 + flow),
                  .destination_port = Port{33'434},
                  .icmp_checksum = {},
                  .reached = true,
                  .hops = {}};
        for (unsigned layer = 0; layer < hops; ++layer) {
            Hop hop{.ttl = static_cast<Ttl>(layer + 1), .sent = attempts, .answers = {}};
            for (std::uint32_t attempt = 0; attempt < attempts; ++attempt) {
                bool arrives = true;
                for (unsigned link = 1; lossy && link <= layer; ++link)
                    arrives = arrives &&
                              (!is_lossy(link, way[link - 1], way[link]) || random_below(100) >= 5);
                // A fifth of the routers is half deaf.
                bool const deaf = (way[layer] + layer) % 5 == 0 && layer + 1 < hops;
                if (!arrives || (deaf && random_below(2) == 0)) continue;
                hop.answers.push_back({.from = responder(layer, way[layer]),
                                       .name = {},
                                       .kind = layer + 1 == hops ? ReplyKind::port_unreachable
                                                                 : ReplyKind::time_exceeded,
                                       .rtt_us = 1'000 * (layer + 1) + random_below(200)});
            }
            path.hops.push_back(std::move(hop));
        }
        trace.paths.push_back(std::move(path));
    }
    return trace;
}

}  // namespace

int main(int argc, char** argv) {
    mesh = argc > 1 && std::string(argv[1]) == "mesh";
    NetworkWatch watch{WatchOptions{}};
    Timestamp now(seconds(1'790'000'000));
    double studying = 0;
    double longest_study = 0;
    std::size_t rounds = 0;
    std::vector<double> verdicts;
    NetworkWatch::Findings found;
    std::size_t const a_minute = std::size_t{probes} * measurements;
    for (int batch = 0; batch < batches; ++batch) {
        std::vector<Trace> traces;
        for (std::size_t number = a_minute * static_cast<unsigned>(batch % 4) / 4;
             number < a_minute * static_cast<unsigned>(batch % 4 + 1) / 4; ++number)
            traces.push_back(round_of(static_cast<unsigned>(number % probes),
                                      static_cast<unsigned>(number / probes), now, batch >= 20));
        auto begin = std::chrono::steady_clock::now();
        watch.study(traces, now, found);
        if (batch >= filled) {
            studying += seconds_since(begin);
            longest_study = std::max(longest_study, seconds_since(begin));
            rounds += traces.size();
        }
        now += batch_of;
        if (batch < filled && batch % 4 != 3) continue;
        begin = std::chrono::steady_clock::now();
        watch.judge(now, found);
        if (batch >= filled) verdicts.push_back(seconds_since(begin));
    }
    std::ranges::sort(verdicts);
    std::printf("%zu rounds of %u flows and %u hops in the window, %zu counted\n",
                watch.verdict()->traces, flows, hops,
                static_cast<std::size_t>(watch.verdict()->counted));
    std::printf("a round studied: %.1f us; %zu of them at once: %.2f s at most\n",
                1e6 * studying / static_cast<double>(rounds), a_minute / 4, longest_study);
    std::printf("a verdict: %.2f s, %.2f s at most\n", verdicts[verdicts.size() / 2],
                verdicts.back());
    std::printf("culprits open: %zu, events: %zu; %s; peak memory%s\n", watch.open_culprits(),
                found.events.size(), watch.verdict()->summary.c_str(), peak_memory().c_str());
    return 0;
}
