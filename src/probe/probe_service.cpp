#include "assignment/assignment_client.hpp"
#include "assignment/assignment_keeper.hpp"
#include "assignment/find_report_url.hpp"
#include "hearing/hearing.hpp"
#include "outbox/outbox.hpp"
#include "outbox/sync_outbox.hpp"
#include "reporting/progress.hpp"
#include "reporting/uplink.hpp"
#include "round_schedule.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/task_group.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/http/client.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/probe/name_hops.hpp>
#include <dtrace/probe/probe_service.hpp>
#include <dtrace/probe/round_runner.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <optional>
#include <utility>

namespace dtrace::probe {

namespace asio = boost::asio;

namespace {

RetryLimits retry_limits(ProbeOptions const& options) {
    return {.backoff = {options.first_retry, options.longest_retry},
            .unauthorized = options.unauthorized_retry};
}

http::BasicCredentials credentials(ProbeOptions const& options) {
    return {options.name, options.password};
}

http::ClientOptions client_options(ProbeOptions const& options) {
    return {.tls = options.tls};
}

}  // namespace

struct ProbeService::Impl {
    struct DueRound {
        Uuid key;        ///< of the schedule
        TraceName name;  ///< with an id: one-off work
        TraceRequest request;
    };

    Impl(asio::any_io_executor with_executor, ProbeOptions with, RoundRunner& with_rounds,
         wire::Resolver& with_resolver, async::WorkerPool& with_workers, Logger& with_log)
        : options(std::move(with)),
          runner(with_rounds),
          resolver(with_resolver),
          workers(with_workers),
          log(with_log),
          schedule(options.name, {options.max_concurrent_rounds, options.first_round_within}),
          schedule_changed(with_executor),
          client(with_executor, client_options(options)),
          assignment_client(client,
                            {.master = options.master,
                             .credentials = credentials(options),
                             .wait = options.assignment_wait,
                             .retry = retry_limits(options)},
                            log, [this](Assignment assignment) { receive(assignment); }),
          kept_assignment(
              with_executor,
              {options.outbox / "assignment.json", options.master.origin(), options.name}, workers,
              log),
          progress(client, resolver, workers, options.master, credentials(options), log),
          executor(std::move(with_executor)),
          measuring(executor, log),
          reporting(executor, log) {}

    Result<void> open();
    asio::awaitable<void> run();

    void receive(Assignment const& assignment);
    void take(Assignment const& assignment);
    asio::awaitable<void> start_rounds();
    void tell_skipped();
    asio::awaitable<void> run_round(DueRound round);
    void keep(Trace const& trace);
    void end();

    ProbeOptions options;
    RoundRunner& runner;
    wire::Resolver& resolver;
    async::WorkerPool& workers;
    Logger& log;
    std::function<void(Trace const&)> on_trace;
    std::optional<Hearing> hearing;

    RoundSchedule schedule;
    async::Wakeup schedule_changed;
    http::Client client;
    AssignmentClient assignment_client;
    AssignmentKeeper kept_assignment;
    Progress progress;
    std::optional<Outbox> outbox;
    std::optional<Uplink> uplink;
    std::uint64_t told_skipped = 0;

    asio::any_io_executor executor;
    async::TaskGroup measuring;  ///< ends first
    async::TaskGroup reporting;  ///< ends when no more traces come
};

ProbeService::ProbeService(asio::any_io_executor executor, ProbeOptions options,
                           RoundRunner& rounds, wire::Resolver& resolver,
                           async::WorkerPool& workers, Logger& log)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options), rounds, resolver,
                                   workers, log)) {}

ProbeService::~ProbeService() = default;

void ProbeService::on_trace(std::function<void(Trace const&)> callback) {
    impl_->on_trace = std::move(callback);
}

void ProbeService::listen(wire::RequestListener& listener) {
    impl_->hearing.emplace(listener, impl_->log);
}

Result<void> ProbeService::open() {
    return impl_->open();
}

asio::awaitable<void> ProbeService::run() {
    return impl_->run();
}

ProbeStatus ProbeService::status() const {
    auto const& schedule = impl_->schedule;
    ProbeStatus status{.assignment_revision = impl_->assignment_client.revision(),
                       .master_failures = impl_->assignment_client.failures(),
                       .measurements = schedule.measurements(),
                       .rounds_under_way = schedule.under_way(),
                       .rounds_started = schedule.counts().started,
                       .rounds_skipped = schedule.counts().skipped};
    if (!impl_->outbox) return status;
    auto const outbox = impl_->outbox->counts();
    status.outbox_waiting = outbox.waiting;
    status.outbox_waiting_bytes = outbox.waiting_bytes;
    status.outbox_dropped = outbox.dropped;
    status.outbox_damaged = outbox.damaged;
    status.outbox_on_disk = outbox.on_disk;
    auto const uplink = impl_->uplink->counts();
    status.reported = uplink.accepted + uplink.known;
    status.refused = uplink.refused + uplink.set_aside;
    status.report_failures = uplink.failures;
    return status;
}

Result<void> ProbeService::Impl::open() {
    auto opened = Outbox::open(options.outbox,
                               {.traces = options.outbox_traces,
                                .bytes = options.outbox_bytes,
                                .memory_bytes = options.outbox_memory_bytes,
                                .files = {}},
                               log);
    if (!opened) return opened.error();
    outbox.emplace(std::move(*opened));
    uplink.emplace(executor, client, *outbox, workers,
                   UplinkOptions{.report_url = default_report_url(options),
                                 .credentials = credentials(options),
                                 .report_traces = options.report_traces,
                                 .gather = options.report_gather,
                                 .request_timeout = options.report_timeout,
                                 .retry = retry_limits(options),
                                 .bad_report = {options.first_retry / 4, options.longest_retry}},
                   log);
    return {};
}

asio::awaitable<void> ProbeService::Impl::run() {
    // Whatever happens, the groups are joined before this returns: nothing below may throw.
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    log.info("probe started", {{"name", options.name},
                               {"master", options.master.origin()},
                               {"outbox", options.outbox.string()}});
    // Goes on with what an earlier process was told, until the master says something else.
    if (auto const kept = kept_assignment.take_up()) take(*kept);
    if (hearing) reporting.spawn("hearing", hearing->run());
    measuring.spawn("assignment", assignment_client.run());
    measuring.spawn("schedule", start_rounds());
    reporting.spawn("uplink", uplink->run());
    reporting.spawn("outbox sync", sync_outbox(*outbox, workers, options.outbox_sync_every, log));
    reporting.spawn("kept assignment", kept_assignment.run());
    co_await async::sleep_until(TimePoint::max());

    // From here on the next cancellation only shortens the graces.
    auto const heard = (co_await asio::this_coro::cancellation_state).cancelled();
    bool at_once = (heard & asio::cancellation_type::terminal) != asio::cancellation_type::none;
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    co_await measuring.join(at_once ? Duration::zero() : options.round_grace);
    // Only the join that it falls into hears a cancellation.
    auto const meanwhile = (co_await asio::this_coro::cancellation_state).cancelled();
    at_once = at_once || meanwhile != asio::cancellation_type::none;
    uplink->finish();
    co_await reporting.join(at_once ? Duration::zero() : options.flush_grace);
    end();
}

void ProbeService::Impl::receive(Assignment const& assignment) {
    take(assignment);
    kept_assignment.keep(assignment);
}

void ProbeService::Impl::take(Assignment const& assignment) {
    uplink->report_to(find_report_url(assignment, options, log));
    schedule.assign(assignment.measurements, Clock::now());
    schedule.assign_once(assignment.once);
    schedule_changed.notify_all();
}

asio::awaitable<void> ProbeService::Impl::start_rounds() {
    while (!measuring.stopping()) {
        auto const seen = schedule_changed.version();
        for (auto& [id, measurement, target, parameters, deadline] : schedule.take_once()) {
            TraceName called{once_trace_id(id, options.name), options.name, measurement};
            DueRound once{id, std::move(called), {target, parameters, {}}};
            measuring.spawn("one-off round", run_round(std::move(once)));
        }
        for (auto& [id, name, target, parameters, interval_s] : schedule.take_due(Clock::now())) {
            TraceName called{std::nullopt, options.name, {id, name}};
            DueRound due{id, std::move(called), {target, parameters, {}}};
            measuring.spawn("round", run_round(std::move(due)));
        }
        tell_skipped();
        co_await schedule_changed.wait(seen, schedule.next_due().value_or(TimePoint::max()));
    }
}

/// At first, and each time when they have become twice as many.
void ProbeService::Impl::tell_skipped() {
    auto const skipped = schedule.counts().skipped;
    if (skipped == 0 || skipped < 2 * told_skipped) return;
    told_skipped = skipped;
    log.warn("rounds skipped: the one before was not over, or no place was free",
             {{"skipped", skipped}, {"places", options.max_concurrent_rounds}});
}

asio::awaitable<void> ProbeService::Impl::run_round(DueRound round) {
    // A cancelled round still has a trace, and it is kept.
    co_await asio::this_coro::throw_if_cancelled(false);
    struct Finished {
        Impl& self;
        Uuid id;
        ~Finished() {
            self.schedule.finished(id);
            self.schedule_changed.notify_all();
        }
    } const finished{*this, round.key};

    auto const view = std::make_shared<RoundView>();
    // On demand, not a burst of what is measured anyway: somebody may be looking.
    if (round.name.id && round.key == round.name.measurement.id) {
        round.request.view = view;
        measuring.spawn("progress", progress.tell(view, round.name));
    }
    auto trace = co_await runner.trace(std::move(round.request));
    if (hearing) hearing->tell(trace, Clock::now());
    view->is_over = true;
    round.name.give_to(trace);
    if (!measuring.stopping())
        trace = co_await name_hops(std::move(trace), resolver, options.naming_wait, log);
    keep(trace);
}

void ProbeService::Impl::keep(Trace const& trace) {
    outbox->put(json::write(trace));
    uplink->notify();
    log.debug("round finished", {{"target", trace.target.host},
                                 {"stop_reason", to_text(trace.stop_reason)},
                                 {"took_us", trace.took_us},
                                 {"sent", trace.packets.sent},
                                 {"answered", trace.packets.answered}});
    if (on_trace) on_trace(trace);
}

void ProbeService::Impl::end() {
    kept_assignment.finish();
    auto const unsaved = outbox->save();
    if (auto synced = outbox->folder().sync(outbox->folder().take_unsynced()); !synced)
        log.warn("outbox not synced", {{"reason", synced.error().message}});
    if (unsaved > 0) log.error("traces lost, the disk does not take them", {{"traces", unsaved}});
    log.info("probe stopped", {{"outbox_waiting", outbox->waiting() - unsaved}});
}

}  // namespace dtrace::probe
