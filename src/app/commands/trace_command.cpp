#include "commands/commands.hpp"
#include "commands/find_loss.hpp"
#include "commands/repeat_rounds.hpp"
#include "commands/rounds.hpp"
#include "commands/trace_networks.hpp"
#include "log/boost_log.hpp"
#include "process/notify.hpp"
#include "process/service_host.hpp"
#include "terminal/standard_output.hpp"

#include <dtrace/async/task_group.hpp>
#include <dtrace/formats/trace_csv.hpp>
#include <dtrace/formats/traceroute_text.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/packet/encode_packet.hpp>
#include <dtrace/probe/name_hops.hpp>
#include <dtrace/wire/privileges.hpp>
#include <dtrace/wire/resolver.hpp>
#include <dtrace/wire/source_address.hpp>
#include <dtrace/wire/unprivileged_wire.hpp>

#include <boost/asio/this_coro.hpp>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::app {

namespace asio = boost::asio;

namespace {

/// For a round that is told to stop, to say what it has.
constexpr Duration round_grace = seconds(2);
/// What is usual to find loss, where nothing else was asked for.
constexpr std::uint16_t flows_to_find_loss = 64;

/// All traces of one command, and what is to be printed of them.
struct Job {
    TraceOptions const& options;
    probe::RoundRunner& rounds;
    bool unprivileged;
    wire::Resolver& resolver;
    address_info::AddressBook const& addresses;
    Logger& log;
    std::vector<std::optional<std::string>> texts{};  ///< by host, until they are printed
    std::size_t printed = 0;
    bool good = true;
};

std::optional<unsigned> packet_bytes(Trace const& trace, bool unprivileged) {
    if (!trace.target.address || !trace.source) return std::nullopt;
    Flow const flow{.method = trace.method,
                    .source = *trace.source,
                    .destination = *trace.target.address,
                    .id = 1};
    std::size_t size = packet::FlowEncoder(flow, {}).size();
    if (unprivileged && flow.method == Method::udp)
        size = wire::UnprivilegedWire::udp_bytes_sent(size, family_of(flow.destination));
    return static_cast<unsigned>(size);
}

std::string trace_text(Trace const& trace, Job const& job) {
    auto const& options = job.options;
    if (options.format == OutputFormat::csv) return formats::to_trace_csv(trace);
    auto known = describe_addresses(trace, job.addresses);
    if (options.json && job.addresses.empty()) return json::write(trace) + '\n';
    if (options.json) return json::write(DescribedTrace{trace, std::move(known)}) + '\n';
    return formats::to_traceroute_text(trace, {.names = options.names,
                                               .max_hops = options.parameters.max_hops,
                                               .bytes = packet_bytes(trace, job.unprivileged),
                                               .networks = network_numbers(known)});
}

/// In the order of the hosts, each as soon as those before it are there.
void print_ready(Job& job) {
    for (; job.printed < job.texts.size() && job.texts[job.printed]; ++job.printed) {
        auto const text = *std::exchange(job.texts[job.printed], std::string());
        job.good = write_out(text) && job.good;
    }
}

asio::awaitable<void> trace_one(Job& job, std::size_t number) {
    auto const& options = job.options;
    // Named, because GCC 12 destroys an aggregate twice that is made inside of a co_await.
    probe::TraceRequest request{options.hosts[number], options.parameters, options.source};
    auto trace = co_await job.rounds.trace(std::move(request));
    bool const measured =
        trace.stop_reason != StopReason::error && trace.stop_reason != StopReason::cancelled;
    if (options.names && measured)
        trace = co_await probe::name_hops(std::move(trace), job.resolver, naming_limit, job.log);
    job.good = job.good && measured;
    if (trace.error && options.format == OutputFormat::csv)  // which has no line for it
        std::fprintf(stderr, "dtrace-node trace: %s: %s\n", options.hosts[number].c_str(),
                     trace.error->c_str());
    job.texts[number] = trace_text(trace, job);
    print_ready(job);
}

asio::awaitable<void> find_loss_and_finish(TraceOptions const& options, probe::RoundRunner& rounds,
                                           wire::Resolver& resolver, Logger& log,
                                           ServiceHost& host) {
    probe::TraceRequest request{options.hosts.front(), options.parameters, options.source};
    if (!options.flows_given) request.parameters.flows = flows_to_find_loss;
    int const status = co_await find_loss(std::move(request), options, rounds, resolver, log);
    host.conclude(status);
}

asio::awaitable<void> repeat_and_finish(TraceOptions const& options, probe::RoundRunner& rounds,
                                        wire::Resolver& resolver,
                                        address_info::AddressBook const& addresses, Logger& log,
                                        ServiceHost& host) {
    host.conclude(co_await repeat_rounds(options, rounds, resolver, addresses, log));
}

/// The exit status is 1 if anything was not measured or could not be printed.
asio::awaitable<void> trace_all(TraceOptions const& options, Rounds& rounds,
                                wire::Resolver& resolver,
                                address_info::AddressBook const& addresses, Logger& log,
                                ServiceHost& host) {
    co_await asio::this_coro::throw_if_cancelled(false);
    Job job{.options = options,
            .rounds = rounds.runner(),
            .unprivileged = rounds.unprivileged(),
            .resolver = resolver,
            .addresses = addresses,
            .log = log};
    job.texts.resize(options.hosts.size());
    if (options.format == OutputFormat::csv) job.good = write_out(formats::trace_csv_header());
    async::TaskGroup tasks(co_await asio::this_coro::executor, log);
    for (std::size_t number = 0; number < options.hosts.size(); ++number)
        tasks.spawn("trace", trace_one(job, number));
    co_await tasks.wait_until_empty();
    co_await tasks.join(round_grace);  // at once, unless we were told to stop
    host.finish(job.good ? 0 : 1);
}

Result<address_info::AddressBook> open_addresses(TraceOptions const& options) {
    address_info::AddressBook addresses;
    if (options.asn_database.empty()) return addresses;
    auto opened = address_info::AddressDatabase::open(options.asn_database);
    if (!opened) return within("--asn-db", opened.error());
    addresses.asn = *std::move(opened);
    return addresses;
}

Result<int> trace_hosts(TraceOptions const& options) {
    auto log = BoostLog::open(options.log);
    if (!log) return log.error();
    if (options.source)
        if (auto own = wire::require_own_address(*options.source); !own)
            return within("--source", own.error());
    auto const addresses = open_addresses(options);
    if (!addresses) return addresses.error();
    asio::io_context io(1);
    auto const resolver = wire::make_resolver(io.get_executor());
    auto rounds = Rounds::open(io, options.send, false, {}, *resolver, **log);
    if (!rounds) return rounds.error();
    if (rounds->unprivileged() && options.send.wire == wire::WireKind::automatic)
        std::fprintf(stderr, "dtrace-node trace: %s\n", wire::unprivileged_note().c_str());
    if (auto dropped = wire::drop_privileges(wire::KeepNetRaw::no); !dropped)
        return dropped.error();

    Notifier const nobody({});
    ServiceHost host(io, **log, nobody);
    return host.run([&]() -> asio::awaitable<Result<void>> {
        rounds->add_to(host);
        auto& runner = rounds->runner();
        auto job = options.loss.wanted
                       ? find_loss_and_finish(options, runner, *resolver, **log, host)
                   : options.repeat.wanted()
                       ? repeat_and_finish(options, runner, *resolver, *addresses, **log, host)
                       : trace_all(options, *rounds, *resolver, *addresses, **log, host);
        host.add("trace", std::move(job), round_grace + seconds(1));
        co_return Result<void>();
    });
}

}  // namespace

Result<int> run_command(TraceOptions const& options, Environment const&) {
    auto status = trace_hosts(options);
    if (status || !options.loss.wanted) return status;
    std::fprintf(stderr, "dtrace-node trace: %s\n", status.error().message.c_str());
    return could_not_measure;  // the statuses of verdicts are taken
}

}  // namespace dtrace::app
