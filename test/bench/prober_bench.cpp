// The prober at the machine's limit, beside bare loops in the same run. Started by test/bench/run,
// inside the namespaces that it makes.

#include "bare_loops.hpp"
#include "prober_rig.hpp"

#include <fmt/format.h>

#include <net/if.h>
#include <netinet/ether.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
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

/// Of this process: outside of the kernel, and in all.
struct CpuSeconds {
    double user;
    double all;
};

CpuSeconds cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    auto const seconds = [](timeval const& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return {seconds(usage.ru_utime), seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

struct Load {
    ProbingParameters parameters;
    std::uint32_t targets = 128;

    [[nodiscard]] std::uint64_t packets() const {
        return std::uint64_t{targets} * parameters.flows.fixed * parameters.attempts *
               static_cast<unsigned>(parameters.max_hops - parameters.first_hop + 1);
    }
    [[nodiscard]] std::vector<probe::TraceRequest> requests() const {
        std::vector<probe::TraceRequest> all;
        for (std::uint32_t i = 0; i < targets; ++i)
            all.push_back({.host = to_text(target(i)), .parameters = parameters, .source = {}});
        return all;
    }
    /// Some of the same packets, for the bare loop: one flow to each target, at two TTLs. They are
    /// so few that they stay in the processor's cache.
    [[nodiscard]] PreparedPackets prepared(IpAddress const& source,
                                           std::optional<Link> const& link = {}) const {
        std::vector<Flow> flows;
        for (std::uint32_t i = 0; i < targets; ++i)
            flows.push_back({.method = parameters.method,
                             .source = source,
                             .destination = target(i),
                             .id = static_cast<std::uint16_t>(24'000 + i),
                             .destination_port = default_port(parameters.method)});
        return {flows, 2, link};
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

/// IPv4 frames from this interface to the neighbour with that address.
Link link_to(char const* device, char const* own_address, char const* hardware_address) {
    Link link{.interface = static_cast<int>(if_nametoindex(device)), .header = {}};
    auto const copy = [](char const* text, auto& out) {
        ether_addr const* const address = ether_aton(text);
        if (!address) throw std::runtime_error("no hardware address");
        std::ranges::copy(address->ether_addr_octet, out);
    };
    if (link.interface == 0) throw std::runtime_error("no such interface");
    copy(own_address, link.header.h_source);
    copy(hardware_address, link.header.h_dest);
    link.header.h_proto = htons(ETH_P_IP);
    return link;
}

void send(Method method, IpAddress const& source, std::optional<Link> const& link) {
    auto const load = drop_load(method);
    auto packets = load.prepared(source, link);
    BareSender const sender(link);
    auto const kind = link ? wire::WireKind::packet : wire::WireKind::raw;
    std::vector<double> bare, ours, ratios;
    double user = 0;
    for (int i = 0; i < repetitions; ++i) {
        std::size_t at = 0;
        auto const start = Clock::now();
        for (std::uint64_t sent = 0; sent < load.packets();)
            sent += sender.send(packets, at);
        bare.push_back(static_cast<double>(load.packets()) / seconds_since(start));
        double const before = cpu_seconds().user;
        auto const outcome = ProberRig(unlimited, kind).send(load.requests(), load.packets());
        user += cpu_seconds().user - before;
        ours.push_back(static_cast<double>(outcome.sent) / outcome.seconds);
        ratios.push_back(ours.back() / bare.back());
    }
    fmt::print(
        "send {}, {} wire: bare sendmmsg {:.0f} k/s, prober {:.0f} k/s, ratio {:.2f}; {:.0f} ns of "
        "CPU per packet outside of the kernel, its round's beginning and end included\n",
        to_text(method), to_text(kind), median(bare) / 1e3, median(ours) / 1e3, median(ratios),
        user * 1e9 / static_cast<double>(load.packets()) / repetitions);
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
    BareSender const sender({});
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
    double user = 0;
    for (int i = 0; i < repetitions; ++i) {
        bare.push_back(bare_round_trips(load, source));
        double const before = cpu_seconds().user;
        auto const outcome = ProberRig(unlimited).run(load.requests());
        user += cpu_seconds().user - before;
        ours.push_back(outcome.counts.answered / outcome.seconds);
        ratios.push_back(ours.back() / bare.back());
        enter.push_back(outcome.enter_seconds * 1e6 / static_cast<double>(outcome.rounds));
        if (outcome.counts.answered != load.packets())
            fmt::print("  prober: {} of {} answered, {} dropped by its sockets\n",
                       outcome.counts.answered, load.packets(), outcome.counts.receiver_dropped);
    }
    fmt::print(
        "round trips: bare {:.0f} k/s, prober {:.0f} k/s, ratio {:.2f}; a round is prepared "
        "in {:.1f} us; {:.0f} ns of CPU per packet outside of the kernel\n",
        median(bare) / 1e3, median(ours) / 1e3, median(ratios), median(enter),
        user * 1e9 / static_cast<double>(load.packets()) / repetitions);
    auto const calm = ProberRig(0.8 * median(bare)).run(load.requests());
    fmt::print("at 80 % of the bare rate: {} of {} answered, {} dropped by our sockets\n",
               calm.counts.answered, load.packets(), calm.counts.receiver_dropped);
}

void rate(wire::WireKind kind, double packets_per_second) {
    Load load = drop_load(Method::udp);
    load.targets = 64;
    auto const packets = static_cast<std::uint64_t>(std::max(20.0, packets_per_second * 2));
    while (load.packets() < packets)
        load.targets *= 2;
    auto const outcome = ProberRig(packets_per_second, kind).send(load.requests(), packets);
    // The first packet leaves at once: n packets span n - 1 intervals.
    auto const measured = static_cast<double>(outcome.sent - 1) / outcome.seconds;
    fmt::print("rate {:.0f}, {} wire: {:.1f} packets/s, {:+.2f} %\n", packets_per_second,
               to_text(kind), measured, 100 * (measured / packets_per_second - 1));
}

/// Eight targets, each with a limit of its own; two rounds share one.
void target_rate(double packets_per_second) {
    constexpr std::uint32_t targets = 8;
    constexpr double run_seconds = 10;
    Load load = drop_load(Method::udp);
    load.targets = targets;
    auto requests = load.requests();
    std::ranges::copy(load.requests(), std::back_inserter(requests));
    // What each may send at once at first is no part of the rate.
    double const at_first = 0.1 * packets_per_second;
    ProberRig rig(unlimited);
    rig.limit_targets(packets_per_second);
    auto const packets =
        static_cast<std::uint64_t>(targets * (run_seconds * packets_per_second + at_first));
    auto const outcome = rig.send(std::move(requests), packets);
    double const measured =
        (static_cast<double>(outcome.sent) / targets - at_first) / outcome.seconds;
    fmt::print("target rate {:.0f}, 8 targets, 16 rounds: {:.1f} packets/s each, {:+.2f} %\n",
               packets_per_second, measured, 100 * (measured / packets_per_second - 1));
}

/// How many answers are from another hop than `routers`, or at the end from another than the
/// target.
std::size_t wrong_answers(Trace const& trace, std::vector<IpAddress> const& routers) {
    std::size_t wrong = 0;
    for (auto const& path : trace.paths)
        for (auto const& hop : path.hops)
            for (auto const& answer : hop.answers) {
                bool const router = hop.ttl <= routers.size();
                wrong += answer.from != (router ? routers[hop.ttl - 1u] : *trace.target.address);
            }
    return wrong;
}

double megabytes_at_most() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// All rounds at once through a chain of ten routers.
void sweep(std::uint32_t targets, double packets_per_second, std::uint16_t flows) {
    Load load{.parameters = {.method = Method::udp, .flows = flows, .attempts = 1},
              .targets = targets};
    std::vector<IpAddress> routers;
    for (unsigned char i = 0; i < 10; ++i)
        routers.push_back(IpV4({10, 9, i, 2}));
    std::size_t wrong = 0;
    std::size_t hops = 0;
    ProberRig rig(packets_per_second, wire::WireKind::raw, [&](Trace const& trace) {
        wrong += wrong_answers(trace, routers);
        for (auto const& path : trace.paths)
            hops += path.hops.size();
    });
    double const cpu = cpu_seconds().all;
    auto const outcome = rig.run(load.requests());
    auto const sent = static_cast<double>(outcome.sent);
    auto const paths = std::size_t{targets} * flows;
    fmt::print(
        "{} rounds x {} flows at {:.0f}/s: {:.0f} packets in {:.2f} s = {:.1f} % of the "
        "rate; {} of {} hops answered, {} wrong, {} hops too many or missing; {} dropped by "
        "our sockets; {:.1f} us of CPU per packet, kernel's routers included; {:.0f} MB\n",
        outcome.rounds, flows, packets_per_second, sent, outcome.seconds,
        100 * sent / outcome.seconds / packets_per_second, outcome.counts.answered,
        outcome.counts.sent, wrong, hops > 11 * paths ? hops - 11 * paths : 11 * paths - hops,
        outcome.counts.receiver_dropped, (cpu_seconds().all - cpu) / sent * 1e6,
        megabytes_at_most());
}

int run(std::span<char* const> arguments) {
    std::string_view const what = arguments.size() > 1 ? arguments[1] : "";
    if (what == "send" && arguments.size() == 4)
        send(parse<Method>(arguments[2]).value(), parse<IpAddress>(arguments[3]).value(), {});
    else if (what == "send" && arguments.size() == 7)
        send(parse<Method>(arguments[2]).value(), parse<IpAddress>(arguments[3]).value(),
             link_to(arguments[4], arguments[5], arguments[6]));
    else if (what == "round-trips" && arguments.size() == 3)
        round_trips(parse<IpAddress>(arguments[2]).value());
    else if (what == "rate" && arguments.size() == 4)
        rate(parse<wire::WireKind>(arguments[2]).value(), std::atof(arguments[3]));
    else if (what == "target-rate" && arguments.size() == 3)
        target_rate(std::atof(arguments[2]));
    else if (what == "sweep" && arguments.size() == 5)
        sweep(static_cast<std::uint32_t>(std::atoi(arguments[2])), std::atof(arguments[3]),
              static_cast<std::uint16_t>(std::atoi(arguments[4])));
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
