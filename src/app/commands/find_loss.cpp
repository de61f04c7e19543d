#include "commands/find_loss.hpp"

#include "commands/commands.hpp"
#include "terminal/standard_output.hpp"

#include <dtrace/analysis/loss_watch.hpp>
#include <dtrace/async/deadline.hpp>
#include <dtrace/async/offload.hpp>
#include <dtrace/core/counted.hpp>
#include <dtrace/formats/fbtracert.hpp>
#include <dtrace/formats/flow_table.hpp>
#include <dtrace/formats/report_head.hpp>
#include <dtrace/formats/verdict_text.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/probe/name_hops.hpp>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace dtrace::app {

namespace asio = boost::asio;

/// The JSON of `--find-loss -j`.
struct LossReport : formats::ReportHead {
    analysis::LossVerdict loss;
    std::vector<formats::FlowSums> flows;
};
BOOST_DESCRIBE_STRUCT(LossReport, (formats::ReportHead), (loss, flows))

namespace {

/// Rounds begin no closer together: routers that limit their answers get time to recover.
constexpr Duration round_interval = milliseconds(200);
constexpr seconds progress_interval{1};
constexpr seconds plain_progress_interval{10};

/// One line that is written over on a terminal; elsewhere a line now and then.
class Progress {
  public:
    Progress(TimePoint begin, Duration limit)
        : on_terminal_(isatty(STDERR_FILENO) == 1), begin_(begin), limit_(limit), next_(begin) {}

    void show(analysis::LossWatch const& watch, std::uint64_t packets, TimePoint now) {
        if (now < next_) return;
        next_ = now + (on_terminal_ ? progress_interval : plain_progress_interval);
        auto const line = fmt::format(
            "{} s of {} s: {}, {} packets; {}", std::chrono::floor<seconds>(now - begin_).count(),
            std::chrono::ceil<seconds>(limit_).count(), counted(watch.rounds(), "round"), packets,
            watch.verdict().summary);
        std::fputs((on_terminal_ ? "\r\x1B[K" + line : line + '\n').c_str(), stderr);
        std::fflush(stderr);
        shown_ = true;
    }

    void end() {
        if (on_terminal_ && shown_) std::fputs("\r\x1B[K", stderr);
    }

  private:
    bool on_terminal_;
    bool shown_ = false;
    TimePoint begin_;
    Duration limit_;
    TimePoint next_;
};

/// A trace with one answer of each responder, so that name_hops asks for their names.
Trace everybody(analysis::Evidence const& evidence) {
    Trace trace;
    trace.paths.emplace_back();
    for (auto const& node : evidence.nodes()) {
        Hop hop;
        for (auto const& address : node.addresses)
            hop.answers.push_back({.from = address, .name = {}});
        trace.paths.front().hops.push_back(std::move(hop));
    }
    return trace;
}

formats::HostNames names_in(Trace const& trace) {
    formats::HostNames names;
    for (auto const& hop : trace.paths.front().hops)
        for (auto const& answer : hop.answers)
            if (answer.name) names.emplace(answer.from, *answer.name);
    return names;
}

std::string text_of(LossReport const& report, formats::HostNames const& names,
                    TraceOptions const& options) {
    if (options.json) return json::write(report) + '\n';
    if (options.format == OutputFormat::fbtracert)
        return formats::to_fbtracert(report.flows, names, options.loss.all);
    auto text = formats::to_verdict_text(report.loss);
    auto const table = formats::to_flow_table(report.flows, names, options.loss.all);
    return table.empty() ? text : text + '\n' + table;
}

int status_of(analysis::Verdict verdict) {
    switch (verdict) {
        case analysis::Verdict::clean:
            return 0;
        case analysis::Verdict::culprit:
            return 1;
        case analysis::Verdict::undecided:
            break;
    }
    return 3;
}

}  // namespace

asio::awaitable<int> find_loss(probe::TraceRequest request, TraceOptions const& options,
                               probe::RoundRunner& rounds, wire::Resolver& resolver, Logger& log) {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto const state = co_await asio::this_coro::cancellation_state;
    TimePoint const begin = Clock::now();
    Duration const limit = milliseconds(options.loss.duration_ms);
    analysis::LossWatch watch({.clean_below = options.loss.clean_below});
    Progress progress(begin, limit);
    LossReport report;
    std::uint64_t packets = 0;
    // A verdict may take seconds, in which signals are to be heard and replies to be taken in.
    async::WorkerPool worker({.name = "verdicts"});
    while (state.cancelled() == asio::cancellation_type::none && Clock::now() < begin + limit &&
           !watch.certain()) {
        TimePoint const next = Clock::now() + round_interval;
        auto const trace = co_await rounds.trace(request);
        if (trace.stop_reason == StopReason::error) {
            std::fprintf(stderr, "dtrace-node trace: %s\n",
                         trace.error.value_or("nothing could be measured").c_str());
            break;
        }
        if (report.rounds++ == 0) report.begin(trace);
        packets += trace.packets.sent + trace.packets.overshoot;
        auto const added = co_await async::offload(worker, [&] { return watch.add(trace); });
        if (!added) break;  // cancelled
        progress.show(watch, packets, Clock::now());
        if (watch.certain() || next >= begin + limit) continue;
        // Cancelled, it comes back at once, and the loop ends.
        [[maybe_unused]] bool const slept = co_await async::sleep_until(next);
    }
    progress.end();
    auto concluded = co_await async::offload(worker, [&] { return watch.conclude(); });
    // Told to stop before the worker began: what has been measured is told all the same.
    report.loss = concluded ? *std::move(concluded) : watch.conclude();
    report.took_us =
        static_cast<std::uint64_t>(std::chrono::floor<microseconds>(Clock::now() - begin).count());
    report.flows = formats::flow_sums(watch.evidence(), report.loss);
    formats::HostNames names;
    bool const wants_names = options.names && !options.json;
    if (wants_names && state.cancelled() == asio::cancellation_type::none) {
        auto const named =
            co_await probe::name_hops(everybody(watch.evidence()), resolver, naming_limit, log);
        names = names_in(named);
    }
    bool const printed = write_out(text_of(report, names, options));
    if (!printed || report.rounds == 0) co_return could_not_measure;
    co_return status_of(report.loss.verdict);
}

}  // namespace dtrace::app
