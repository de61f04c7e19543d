#include "commands/commands.hpp"
#include "commands/rounds.hpp"
#include "log/boost_log.hpp"
#include "process/notify.hpp"
#include "process/open_files.hpp"
#include "process/own_store.hpp"
#include "process/service_host.hpp"
#include "terminal/standard_output.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/formats/traceroute_text.hpp>
#include <dtrace/http/access_log.hpp>
#include <dtrace/master/master_service.hpp>
#include <dtrace/probe/probe_service.hpp>
#include <dtrace/store/open_store.hpp>
#include <dtrace/wire/privileges.hpp>
#include <dtrace/wire/resolver.hpp>

#include <unistd.h>

#include <utility>

namespace dtrace::app {

namespace asio = boost::asio;

namespace {

/// Besides those of connections: database, logs, sockets, what libraries open for a moment.
constexpr std::uint64_t other_files = 256;

std::string access_file(MasterOptions const& options) {
    if (!options.access_log.empty() || options.log.file.empty()) return options.access_log;
    return std::filesystem::path(options.log.file).replace_filename("access.log");
}

master::WatchOptions watch_options(WatchSettings const& given) {
    master::WatchOptions watch;
    watch.window = milliseconds(given.window_ms);
    watch.verdict_every = milliseconds(given.every_ms);
    watch.clean_below = given.clean_below;
    watch.confirm = given.confirm;
    watch.close_after = milliseconds(given.close_after_ms);
    watch.bursts = given.bursts;
    watch.burst_flows = given.burst_flows;
    watch.bursts_per_probe = given.bursts_per_probe;
    return watch;
}

master::MasterOptions master_options(MasterOptions const& options) {
    master::MasterOptions service;
    service.listen = options.listen;
    service.port = options.port;
    service.probes_file_required = options.probes.has_value();
    service.probes_file = options.probes.value_or("dt-slaves.json");
    service.targets_file_required = options.targets.has_value();
    service.targets_file = options.targets.value_or("dt-targets.json");
    service.alerts_file = options.alerts;
    service.public_url = options.public_url;
    while (service.public_url.ends_with('/'))
        service.public_url.pop_back();
    service.probe_patience = milliseconds(options.watch.probe_patience_ms);
    service.asn_database = options.asn_database;
    service.geo_database = options.geo_database;
    service.public_read = options.public_read;
    service.open_metrics = options.open_metrics;
    service.max_metrics_pairs = options.max_metrics_pairs;
    if (options.keep_traces) service.upkeep.keep_traces = *options.keep_traces;
    if (options.keep_hours) service.upkeep.keep_hours = *options.keep_hours;
    if (options.max_db_mib) service.upkeep.max_bytes = *options.max_db_mib << 20;
    service.limits.max_connections = options.max_connections;
    service.limits.max_connections_per_source = options.max_connections_per_source;
    service.max_report_traces = options.max_report_traces;
    service.max_reports = options.max_reports;
    service.max_waiting_report_bytes = std::size_t{options.max_waiting_reports_mib} << 20;
    service.max_waiting_logins = options.max_waiting_logins;
    service.first_login_delay = milliseconds(options.first_login_delay_ms);
    service.longest_login_delay = milliseconds(options.longest_login_delay_ms);
    service.watch = watch_options(options.watch);
    service.limits.max_body_bytes = std::size_t{options.max_body_mib} << 20;
    service.limits.max_bodies_bytes = std::size_t{options.max_bodies_mib} << 20;
    return service;
}

http::AccessLog access_log(BoostLog& log) {
    if (!log.wants_access()) return nullptr;
    return [&log](http::AccessEntry const& entry) { log.write_access(http::access_line(entry)); };
}

Result<std::shared_ptr<http::TlsServer>> open_tls(MasterOptions const& options) {
    if (options.tls_certificate.empty()) return std::shared_ptr<http::TlsServer>();
    http::TlsServerFiles files{.certificate = options.tls_certificate,
                               .key = options.tls_key,
                               .client_ca = options.client_ca};
    auto tls = http::TlsServer::open(std::move(files));
    if (!tls) return within("TLS", tls.error());
    return tls;
}

/// Root keeps what it needs to write into other users' folders, unless it says whom to become.
Result<void> drop_privileges(MasterOptions const& options, Logger& log) {
    if (::geteuid() == 0 && options.user.empty()) {
        log.warn("running as root", {{"advice", "give --user, or start as another user"}});
        return {};
    }
    bool const packets = options.local_probe && !options.debug_results;
    return wire::drop_privileges(packets ? wire::KeepNetRaw::yes : wire::KeepNetRaw::no,
                                 options.user);
}

/// On standard output, which is no log; and nowhere else.
void show_first_password(std::string const& password, Logger& log) {
    bool const shown =
        write_out("First start: log in as admin with the password " + password +
                  "\nIt is shown only now; `dtrace-node user passwd admin` gives another one.\n");
    if (!shown)
        log.error("the first password could not be shown",
                  {{"advice", "dtrace-node user passwd admin gives another one"}});
}

void print(Trace const& trace) {
    (void)write_out(formats::to_traceroute_text(trace) + '\n');  // the master has it all the same
}

/// The probe that runs in the master's process and talks to it as any other does.
struct LocalProbe {
    std::unique_ptr<wire::Resolver> resolver;
    std::optional<Rounds> rounds;
    std::unique_ptr<wire::RequestListener> listener;
    std::string secret;
    std::unique_ptr<probe::ProbeService> service;

    Result<void> open_rounds(asio::io_context& io, MasterOptions const& options, Logger& log) {
        resolver = wire::make_resolver(io.get_executor());
        auto opened = Rounds::open(io, options.send, options.debug_results, options.local_name,
                                   *resolver, log);
        if (!opened) return opened.error();
        rounds.emplace(*std::move(opened));
        listener = rounds->open_listener(io, log);
        return {};
    }

    /// Once the master listens.
    Result<void> start(asio::io_context& io, MasterOptions const& options, Port port,
                       async::WorkerPool& workers, Logger& log, ServiceHost& host) {
        probe::ProbeOptions settings;
        bool const loopback = options.listen.empty() || !options.tls_certificate.empty();
        settings.master.host = loopback ? "127.0.0.1" : options.listen;
        settings.insecure = true;  // an address of this host
        settings.master.port = port;
        settings.name = options.local_name;
        settings.password = secret;
        settings.outbox = options.database + ".outbox";
        auto const grace = settings.round_grace + settings.flush_grace + seconds(1);
        service = std::make_unique<probe::ProbeService>(io.get_executor(), std::move(settings),
                                                        rounds->runner(), *resolver, workers, log);
        if (listener) service->listen(*listener);
        if (options.print_traces) service->on_trace(print);
        if (auto opened = service->open(); !opened) return opened;
        rounds->add_to(host);
        host.add("local probe", service->run(), grace);
        return {};
    }
};

}  // namespace

Result<int> run_command(MasterOptions const& options, Environment const& environment) {
    auto log = BoostLog::open(options.log, access_file(options));
    if (!log) return log.error();
    allow_open_files(options.max_connections + other_files, **log);
    asio::io_context io(1);
    LocalProbe local;
    if (options.local_probe)
        if (auto opened = local.open_rounds(io, options, **log); !opened) return opened.error();
    auto settings = master_options(options);
    auto tls = open_tls(options);  // while the key may be read
    if (!tls) return tls.error();
    settings.tls = std::move(*tls);
    if (auto dropped = drop_privileges(options, **log); !dropped) return dropped.error();

    auto const own = open_own_store(options.database, io.get_executor(), **log);
    if (!own) return own.error();
    async::WorkerPool workers({.name = "workers"});  // threads: after the privileges are gone
    master::MasterService service(io.get_executor(), settings, *own->store, workers, **log,
                                  access_log(**log));
    if (options.local_probe) local.secret = service.add_local_probe(options.local_name);

    Notifier const notifier(environment);
    ServiceHost host(io, **log, notifier);
    host.on_reload([&] {
        (*log)->reopen();
        service.reload();
    });
    return host.run([&]() -> asio::awaitable<Result<void>> {
        auto opened = co_await service.open();
        if (!opened) co_return opened;
        if (auto const password = service.take_first_password())
            show_first_password(*password, **log);
        (*log)->info("master started", {{"address", options.listen.empty() ? "*" : options.listen},
                                        {"port", service.local_port()},
                                        {"tls", settings.tls != nullptr},
                                        {"database", options.database}});
        host.add("master", service.run(), settings.limits.stop_grace + seconds(1));
        if (!options.local_probe) co_return Result<void>();
        co_return local.start(io, options, service.local_probe_port(), workers, **log, host);
    });
}

}  // namespace dtrace::app
