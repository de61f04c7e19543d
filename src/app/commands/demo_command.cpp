#include "commands/commands.hpp"
#include "log/boost_log.hpp"
#include "process/notify.hpp"
#include "process/own_store.hpp"
#include "process/service_host.hpp"
#include "process/temporary_folder.hpp"
#include "terminal/standard_output.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/demo/internet.hpp>
#include <dtrace/demo/sim_wire.hpp>
#include <dtrace/demo/topology_resolver.hpp>
#include <dtrace/http/url.hpp>
#include <dtrace/master/master_service.hpp>
#include <dtrace/probe/probe_service.hpp>
#include <dtrace/probe/prober.hpp>
#include <dtrace/sim/network.hpp>
#include <dtrace/store/open_store.hpp>

#include <fmt/format.h>

#include <fstream>
#include <random>
#include <utility>

namespace dtrace::app {

namespace asio = boost::asio;

namespace {

/// Packets per second of each probe; there is no network that could be hurt.
constexpr double packet_rate = 10'000;

/// What all probes of the demo share.
struct World {
    asio::io_context& io;
    sim::Network& network;
    wire::Resolver& resolver;
    async::WorkerPool& workers;
    Logger& log;
};

/// A probe on its host of the simulated Internet.
struct DemoProbe {
    demo::SimWire wire;
    probe::Prober prober;
    probe::ProbeService service;

    DemoProbe(World const& world, probe::ProbeOptions const& settings, std::uint64_t number)
        : wire(world.io.get_executor(), world.network, {.probe = settings.name, .seed = number}),
          prober(world.io.get_executor(), wire, world.resolver, world.log,
                 {.rate = packet_rate, .flow_salt = number}),
          service(world.io.get_executor(), settings, prober, world.resolver, world.workers,
                  world.log) {}
};

Result<void> write(std::filesystem::path const& file, std::string const& text) {
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream << text << std::flush;
    if (!stream) return errno_error(file.string());
    return {};
}

probe::ProbeOptions probe_settings(DemoOptions const& options, Port port, std::string name,
                                   std::string secret, std::filesystem::path const& folder) {
    probe::ProbeOptions settings;
    settings.master.host = options.listen;
    settings.master.port = port;
    settings.outbox = folder / (name + ".outbox");
    settings.name = std::move(name);
    settings.password = std::move(secret);
    settings.naming_wait = milliseconds(100);
    settings.flush_grace = seconds(1);
    return settings;
}

master::MasterOptions master_settings(DemoOptions const& options,
                                      std::filesystem::path const& folder) {
    master::MasterOptions settings;
    settings.listen = options.listen;
    settings.port = options.port;
    settings.probes_file = folder / "dt-slaves.json";
    settings.targets_file = folder / "dt-targets.json";
    settings.targets_file_required = true;
    settings.public_read = true;
    settings.limits.stop_grace = seconds(1);
    return settings;
}

Result<void> start_probe(World const& world, probe::ProbeOptions const& settings,
                         std::vector<std::unique_ptr<DemoProbe>>& probes, ServiceHost& host) {
    probes.push_back(std::make_unique<DemoProbe>(world, settings, probes.size() + 1));
    auto& probe = *probes.back();
    if (auto opened = probe.service.open(); !opened) return opened;
    host.add(settings.name + " receiver", probe.prober.run_receiver(), Duration::zero());
    host.add(settings.name + " sender", probe.prober.run_sender(), Duration::zero());
    host.add(settings.name, probe.service.run(),
             settings.round_grace + settings.flush_grace + seconds(1));
    return {};
}

void greet(DemoOptions const& options, Port port, std::optional<std::string> const& password) {
    auto text = fmt::format(
        "dtrace-node demo: three probes measure a simulated Internet; no packet leaves this host.\n"
        "Open  {}/\n"
        "After {} s a link begins to lose packets. Ctrl-C ends it.\n",
        http::Url{.host = options.listen, .port = port}.origin(), 60 / options.pace);
    if (password)
        text += fmt::format("To change things, log in as admin with the password {}\n", *password);
    (void)write_out(text);  // who does not read it is served all the same
}

}  // namespace

Result<int> run_command(DemoOptions const& options, Environment const& environment) {
    auto log = BoostLog::open(options.log);
    if (!log) return log.error();
    auto const folder = TemporaryFolder::make("dtrace-demo");
    if (!folder) return folder.error();
    auto const settings = master_settings(options, folder->path());
    if (auto written = write(settings.targets_file, demo::targets_file()); !written)
        return written.error();
    if (auto written = write(settings.probes_file, R"({"Slaves": []})"); !written)
        return written.error();

    asio::io_context io(1);
    auto const topology = demo::internet(options.pace);
    demo::TopologyResolver resolver(topology);
    auto const database =
        options.database.empty() ? (folder->path() / "dtrace.db").string() : options.database;
    auto const own = open_own_store(database, io.get_executor(), **log);
    if (!own) return own.error();
    async::WorkerPool workers({.name = "workers"});
    master::MasterService service(io.get_executor(), settings, *own->store, workers, **log);
    std::vector<std::pair<std::string, std::string>> secrets;
    for (auto const& name : sim::probes_of(topology))
        secrets.emplace_back(name, service.add_local_probe(name));

    sim::Network network(topology, std::random_device{}(), Clock::now());
    World const world{io, network, resolver, workers, **log};
    std::vector<std::unique_ptr<DemoProbe>> probes;
    Notifier const notifier(environment);
    ServiceHost host(io, **log, notifier);
    return host.run([&]() -> asio::awaitable<Result<void>> {
        auto opened = co_await service.open();
        if (!opened) co_return opened;
        host.add("master", service.run(), settings.limits.stop_grace + seconds(1));
        for (auto const& [name, secret] : secrets) {
            auto const probe_options =
                probe_settings(options, service.local_port(), name, secret, folder->path());
            if (auto started = start_probe(world, probe_options, probes, host); !started)
                co_return started;
        }
        greet(options, service.local_port(), service.take_first_password());
        co_return Result<void>();
    });
}

}  // namespace dtrace::app
