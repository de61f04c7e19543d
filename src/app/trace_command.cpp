#include "boost_log.hpp"
#include "commands.hpp"
#include "notify.hpp"
#include "service_host.hpp"

#include <dtrace/formats/traceroute_text.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/packet/encode_packet.hpp>
#include <dtrace/probe/name_hops.hpp>
#include <dtrace/wire/privileges.hpp>
#include <dtrace/wire/resolver.hpp>
#include <dtrace/wire/source_address.hpp>

#include <cstdio>
#include <utility>

namespace dtrace::app {

namespace asio = boost::asio;

namespace {

/// All names of a trace together get this long.
constexpr Duration naming_limit = seconds(1);
/// For a round that is told to stop, to say what it has.
constexpr Duration round_grace = seconds(2);

std::optional<unsigned> packet_bytes(Trace const& trace) {
    if (!trace.target.address || !trace.source) return std::nullopt;
    Flow const flow{.method = trace.method,
                    .source = *trace.source,
                    .destination = *trace.target.address,
                    .id = 1};
    return static_cast<unsigned>(packet::FlowEncoder(flow, {}).size());
}

std::string shown(Trace const& trace, TraceOptions const& options) {
    if (options.json) return json::write(trace) + '\n';
    return formats::to_traceroute_text(trace, {.names = options.names,
                                               .max_hops = options.parameters.max_hops,
                                               .bytes = packet_bytes(trace)});
}

/// The whole job; the exit status is 1 if nothing was measured or it could not be printed.
asio::awaitable<void> trace_and_print(TraceOptions const& options, probe::RoundRunner& rounds,
                                      wire::Resolver& resolver, Logger& log, ServiceHost& host) {
    // Named, because GCC 12 destroys an aggregate twice that is made inside of a co_await.
    probe::TraceRequest request{options.host, options.parameters, options.source};
    auto trace = co_await rounds.trace(std::move(request));
    bool const measured =
        trace.stop_reason != StopReason::error && trace.stop_reason != StopReason::cancelled;
    if (options.names && measured)
        trace = co_await probe::name_hops(std::move(trace), resolver, naming_limit, log);
    auto const text = shown(trace, options);
    bool const printed =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    host.finish(measured && printed ? 0 : 1);
}

}  // namespace

Result<int> run_command(TraceOptions const& options, Environment const&) {
    auto log = BoostLog::open(options.log);
    if (!log) return log.error();
    if (options.source)
        if (auto own = wire::require_own_address(*options.source); !own)
            return within("--source", own.error());
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
        host.add("trace", trace_and_print(options, rounds->runner(), *resolver, **log, host),
                 round_grace);
        co_return Result<void>();
    });
}

}  // namespace dtrace::app
