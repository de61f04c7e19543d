// The prober at the machine's limit, beside bare loops in the same run. Started by test/bench/run,
// inside the namespaces that it makes.

#include "bare_loops.hpp"
#include "prober_rig.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <span>
#include <string_view>

namespace dtrace::bench {
namespace {

constexpr double unlimited = 1e9;
constexpr int repetitions = 9;

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

double seconds_since(TimePoint start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

IpAddress target(std::uint32_t number) {
    return IpV4(0xC612'0000 + number);  // 198.18.0.0/16
}

struct Load {
    ProbingParameters parameters;
    std::uint32_t targets = 128;

    [[nodiscard]] std::uint64_t packets() const {
        return std::uint64_t{targets} * parameters.flows * parameters.attempts *
               static_cast<unsigned>(parameters.max_hops - parameters.first_hop + 1);
    }
    [[nodiscard]] std::vector<probe::TraceRequest> requests() const {
        std::vector<probe::TraceRequest> all;
        for (std::uint32_t i = 0; i < targets; ++i)
            all.push_back({.host = to_text(target(i)), .parameters = parameters, .source = {}});
        return all;
    }
    /// Some of the same packets, for the bare loop.
    [[nodiscard]] PreparedPackets prepared(IpAddress const& source) const {
        std::vector<Flow> flows;
        for (std::uint32_t i = 0; i < targets; ++i)
            flows.push_back({.method = parameters.method,
                             .source = source,
                             .destination = target(i),
                             .id = static_cast<std::uint16_t>(24'000 + i),
                             .destination_port = default_port(parameters.method)});
        return {flows, parameters.max_hops};
    }
};

Load drop_load(Method method) {
    return {.parameters = {.method = method,
                           .flows = 16,
                           .attempts = 3,
                           .max_hops = 30,
                           .gap_limit = 0,
                           .timeout_ms = 10'000}};
}

void send(Method method, IpAddress const& source) {
    auto const load = drop_load(method);
    auto packets = load.prepared(source);
    BareSender const sender;
    std::vector<double> bare, ours, ratios;
    for (int i = 0; i < repetitions; ++i) {
        std::size_t at = 0;
        auto const start = Clock::now();
        for (std::uint64_t sent = 0; sent < load.packets();)
            sent += sender.send(packets, at);
        bare.push_back(static_cast<double>(load.packets()) / seconds_since(start));
        auto const outcome = ProberRig(unlimited).send(load.requests(), load.packets());
        ours.push_back(static_cast<double>(outcome.sent) / outcome.seconds);
        ratios.push_back(ours.back() / bare.back());
    }
    fmt::print("send {}: bare sendmmsg {:.0f} k/s, prober {:.0f} k/s, ratio {:.2f}\n",
               to_text(method), median(bare) / 1e3, median(ours) / 1e3, median(ratios));
}

/// Two hops that answer everything.
Load answered_load() {
    return {.parameters = {.method = Method::udp,
                           .flows = 16,
                           .attempts = 3,
                           .max_hops = 2,
                           .timeout_ms = 2'000},
            .targets = 2'000};
}

double bare_round_trips(Load const& load, IpAddress const& source) {
    auto packets = load.prepared(source);
    BareSender const sender;
    BareReceiver receiver;
    std::size_t at = 0;
    std::uint64_t received = 0;
    auto const start = Clock::now();
    for (std::uint64_t sent = 0; sent < load.packets();) {
        sent += sender.send(packets, at);
        received += receiver.drain();
    }
    auto const took = seconds_since(start);
    if (received < load.packets())
        fmt::print("  bare loop: {} of {} answered\n", received, load.packets());
    return static_cast<double>(received) / took;
}

void round_trips(IpAddress const& source) {
    auto const load = answered_load();
    std::vector<double> bare, ours, ratios, enter;
    for (int i = 0; i < repetitions; ++i) {
        bare.push_back(bare_round_trips(load, source));
        auto const outcome = ProberRig(unlimited).run(load.requests());
        ours.push_back(outcome.counts.answered / outcome.seconds);
        ratios.push_back(ours.back() / bare.back());
        enter.push_back(outcome.enter_seconds * 1e6 / static_cast<double>(outcome.rounds));
        if (outcome.counts.answered != load.packets())
            fmt::print("  prober: {} of {} answered, {} dropped by its sockets\n",
                       outcome.counts.answered, load.packets(), outcome.counts.receiver_dropped);
    }
    fmt::print(
        "round trips: bare {:.0f} k/s, prober {:.0f} k/s, ratio {:.2f}; a round is prepared "
        "in {:.1f} us\n",
        median(bare) / 1e3, median(ours) / 1e3, median(ratios), median(enter));
    auto const calm = ProberRig(0.8 * median(bare)).run(load.requests());
    fmt::print("at 80 % of the bare rate: {} of {} answered, {} dropped by our sockets\n",
               calm.counts.answered, load.packets(), calm.counts.receiver_dropped);
}

void rate(double packets_per_second) {
    Load load = drop_load(Method::udp);
    load.targets = 64;
    auto const packets = static_cast<std::uint64_t>(std::max(20.0, packets_per_second * 2));
    while (load.packets() < packets)
        load.targets *= 2;
    auto const outcome = ProberRig(packets_per_second).send(load.requests(), packets);
    // The first packet leaves at once: n packets span n - 1 intervals.
    auto const measured = static_cast<double>(outcome.sent - 1) / outcome.seconds;
    fmt::print("rate {:.0f}: {:.1f} packets/s, {:+.2f} %\n", packets_per_second, measured,
               100 * (measured / packets_per_second - 1));
}

int run(std::span<char* const> arguments) {
    std::string_view const what = arguments.size() > 1 ? arguments[1] : "";
    if (what == "send" && arguments.size() == 4)
        send(parse<Method>(arguments[2]).value(), parse<IpAddress>(arguments[3]).value());
    else if (what == "round-trips" && arguments.size() == 3)
        round_trips(parse<IpAddress>(arguments[2]).value());
    else if (what == "rate" && arguments.size() == 3)
        rate(std::atof(arguments[2]));
    else
        return fmt::print(stderr, "started by test/bench/run\n"), 2;
    return 0;
}

}  // namespace
}  // namespace dtrace::bench

int main(int argc, char** argv) {
    try {
        return dtrace::bench::run({argv, static_cast<std::size_t>(argc)});
    } catch (std::exception const& failure) {
        fmt::print(stderr, "{}\n", failure.what());
        return 1;
    }
}
