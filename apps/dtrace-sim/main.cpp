// A simulated Internet behind a TUN device: for tests with real packets, demonstrations, training.

#include "arrival_times.hpp"
#include "host_routes.hpp"
#include "options.hpp"
#include "playback.hpp"
#include "tun_device.hpp"

#include <dtrace/json/write.hpp>
#include <dtrace/sim/network.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <vector>

namespace dtrace::simulator {
namespace {

using boost::system::errc::io_error;
using boost::system::errc::operation_not_permitted;

Result<sim::Topology> load(std::string const& path) {
    std::ifstream file(path);
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    if (!file) return make_error(io_error, path + ": cannot be read");
    auto topology = sim::read_topology(text);
    if (!topology) return within(path, topology.error());
    return topology;
}

Result<TunDevice> prepare(Options const& options, sim::Topology const& topology) {
    if (options.addresses.empty() && in_root_network_namespace())
        return make_error(operation_not_permitted,
                          "this is the root network namespace: run in one of its own (unshare "
                          "--net, ip netns exec), or name the addresses for this host by "
                          "--address");
    auto const own = options.addresses.empty() ? probe_addresses(topology) : options.addresses;
    auto device = TunDevice::open(options.tun);
    if (!device) return device;
    for (IpAddress const& address : own)
        if (auto added = device->add_address(address); !added) return added.error();
    if (auto up = device->bring_up(); !up) return up.error();
    for (Prefix const& block : simulated_blocks(topology, own))
        if (auto added = device->add_route(block); !added) return added.error();
    return device;
}

/// Of what this host sent of its own accord before there was a socket to see it, nobody knows when
/// it came.
Result<void> forget_what_waits(TunDevice& device) {
    std::vector<std::byte> packet(65'536);
    for (;;) {
        auto const size = device.read(packet);
        if (!size) return size.error();
        if (*size == 0) return {};
    }
}

Result<void> tell(PlaybackReport const& report, std::optional<std::string> const& path) {
    auto const text = json::write(report) + "\n";
    std::FILE* const file = path ? std::fopen(path->c_str(), "w") : stdout;
    if (!file) return errno_error(*path);
    bool const written = std::fputs(text.c_str(), file) >= 0 && std::fflush(file) == 0;
    if (path) std::fclose(file);
    if (!written) return errno_error(path.value_or("standard output"));
    return {};
}

Result<void> run(Options const& options) {
    Playback::block_stop_signals();
    auto topology = load(options.topology);
    if (!topology) return topology.error();
    if (options.check) {
        fmt::print("{}: good, {} nodes\n", options.topology, topology->nodes.size());
        return {};
    }
    auto device = prepare(options, *topology);
    if (!device) return device.error();
    if (options.realtime)
        if (auto const first = Playback::go_first(); !first)
            fmt::print(stderr, "dtrace-sim: goes on without {}\n", first.error().message);
    auto arrivals = ArrivalTimes::open(options.tun);
    if (!arrivals) fmt::print(stderr, "dtrace-sim: goes on without {}\n", arrivals.error().message);
    if (auto done = forget_what_waits(*device); !done) return done;
    auto const start = Clock::now();
    sim::Network network(*std::move(topology), options.seed, start);
    Playback playback(*device, arrivals ? &*arrivals : nullptr, network, options.spin);
    fmt::print(stderr, "dtrace-sim: {} is ready behind {}\n", options.topology, options.tun);
    if (auto played = playback.run(options.duration ? start + *options.duration : TimePoint::max());
        !played)
        return played;
    return tell(playback.report(), options.truth);
}

int main(int argc, char const* const* argv) {
    auto const request = read_command_line(argc, argv);
    if (!request) {
        fmt::print(stderr, "dtrace-sim: {}\ntry dtrace-sim --help\n", request.error().message);
        return 2;
    }
    if (request->answer) {
        fmt::print("{}", *request->answer);
        return 0;
    }
    auto const done = run(request->options);
    if (done) return 0;
    fmt::print(stderr, "dtrace-sim: {}\n", done.error().message);
    return 1;
}

}  // namespace
}  // namespace dtrace::simulator

int main(int argc, char** argv) {
    try {
        return dtrace::simulator::main(argc, argv);
    } catch (std::exception const& thrown) {
        std::fprintf(stderr, "dtrace-sim: %s\n", thrown.what());
        return 1;
    }
}
