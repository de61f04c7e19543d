#include "commands/commands.hpp"
#include "commands/open_tls.hpp"
#include "commands/rounds.hpp"
#include "commands/secret_file.hpp"
#include "log/boost_log.hpp"
#include "process/notify.hpp"
#include "process/service_host.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/http/url.hpp>
#include <dtrace/probe/probe_service.hpp>
#include <dtrace/wire/privileges.hpp>
#include <dtrace/wire/resolver.hpp>

#include <unistd.h>

#include <filesystem>
#include <utility>

namespace dtrace::app {

namespace asio = boost::asio;

namespace {

/// $STATE_DIRECTORY, /var/lib/dtrace-node for root, else the current folder; then "dtrace-outbox".
std::filesystem::path default_outbox(Environment const& environment) {
    std::filesystem::path folder;
    auto const state = environment.find("STATE_DIRECTORY");
    if (state != environment.end())
        folder = state->second.substr(0, state->second.find(':'));
    else if (::geteuid() == 0)
        folder = "/var/lib/dtrace-node";
    return folder / "dtrace-outbox";
}

Result<probe::ProbeOptions> probe_options(ProbeOptions const& options,
                                          Environment const& environment, Logger& log) {
    auto url = http::parse_master_url(options.master, options.master_port);
    if (!url) return within("--master", url.error());
    auto password = read_password(options, environment, log);
    if (!password) return password.error();

    probe::ProbeOptions service;
    service.master = *std::move(url);
    service.name = options.name;
    service.password = *std::move(password);
    service.outbox = options.outbox;
    if (options.outbox.empty()) service.outbox = default_outbox(environment);
    service.outbox_bytes = std::uint64_t{options.outbox_mib} << 20;
    service.outbox_traces = options.outbox_traces;
    service.max_concurrent_rounds = options.max_rounds;
    service.insecure = options.insecure;
    auto tls = open_tls(options);
    if (!tls) return tls.error();
    service.tls = *std::move(tls);
    return service;
}

}  // namespace

Result<int> run_command(ProbeOptions const& options, Environment const& environment) {
    auto log = BoostLog::open(options.log);
    if (!log) return log.error();
    auto settings = probe_options(options, environment, **log);
    if (!settings) return settings.error();
    auto const grace = settings->round_grace + settings->flush_grace + seconds(1);

    asio::io_context io(1);
    auto const resolver = wire::make_resolver(io.get_executor());
    auto rounds =
        Rounds::open(io, options.send, options.debug_results, options.name, *resolver, **log);
    if (!rounds) return rounds.error();
    auto const listener = rounds->open_listener(io, **log);
    if (!options.user.empty())
        if (auto made = wire::make_folder_of(options.user, settings->outbox); !made)
            return within("--outbox", made.error());
    auto const keep = options.debug_results ? wire::KeepNetRaw::no : wire::KeepNetRaw::yes;
    if (auto dropped = wire::drop_privileges(keep, options.user); !dropped) return dropped.error();

    async::WorkerPool workers({.name = "probe workers"});  // threads: after the privileges are gone
    probe::ProbeService service(io.get_executor(), *std::move(settings), rounds->runner(),
                                *resolver, workers, **log);
    if (listener) service.listen(*listener);
    if (auto opened = service.open(); !opened) return opened.error();

    Notifier const notifier(environment);
    ServiceHost host(io, **log, notifier);
    host.on_reload([&] { (*log)->reopen(); });
    return host.run([&]() -> asio::awaitable<Result<void>> {
        rounds->add_to(host);
        host.add("probe", service.run(), grace);
        co_return Result<void>();
    });
}

}  // namespace dtrace::app
