#pragma once

#include <dtrace/async/task_group.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/probe/prober.hpp>
#include <dtrace/wire/open_wire.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::bench {

/// Warnings are worth reading in a bench too.
class StderrLog final : public Logger {
  public:
    void write(LogLevel level, std::string_view event, std::span<LogField const> fields) override {
        if (level < LogLevel::warn) return;
        std::fprintf(stderr, "%.*s", static_cast<int>(event.size()), event.data());
        for (auto const& field : fields)
            std::fprintf(stderr, " %s=%s", field.key.c_str(), field.value.c_str());
        std::fputc('\n', stderr);
    }
};

/// Targets are addresses here.
class LiteralResolver final : public wire::Resolver {
  public:
    boost::asio::awaitable<Result<std::vector<IpAddress>>> addresses(
        std::string host, std::optional<Family>) override {
        auto const address = parse<IpAddress>(host);
        if (!address) co_return address.error();
        co_return std::vector<IpAddress>{*address};
    }
    boost::asio::awaitable<std::string> name(IpAddress) override { co_return std::string(); }
};

/// Tells when the last of an expected number of packets left.
class MeteredWire final : public wire::Wire {
  public:
    MeteredWire(std::unique_ptr<wire::Wire> wire, std::uint64_t expected, async::Wakeup& all_sent)
        : wire_(std::move(wire)), expected_(expected), all_sent_(all_sent) {}

    wire::SendOutcome send(std::span<wire::OutgoingPacket const> batch) override {
        auto const outcome = wire_->send(batch);
        sent_ += outcome.sent;
        if (sent_ >= expected_) {
            last_ = Clock::now();
            all_sent_.notify_all();
        }
        return outcome;
    }
    boost::asio::awaitable<Result<wire::Arrivals>> receive() override { return wire_->receive(); }
    Result<IpAddress> source_for(IpAddress const& destination) override {
        return wire_->source_for(destination);
    }

    [[nodiscard]] std::uint64_t sent() const { return sent_; }
    [[nodiscard]] TimePoint last() const { return last_; }

  private:
    std::unique_ptr<wire::Wire> wire_;
    std::uint64_t expected_;
    async::Wakeup& all_sent_;
    std::uint64_t sent_ = 0;
    TimePoint last_{};
};

struct Outcome {
    double seconds = 0;        ///< from the first packet on
    double enter_seconds = 0;  ///< what preparing the rounds took
    std::uint64_t sent = 0;    ///< until the end of the measurement
    PacketCounts counts;       ///< sums over all traces
    std::size_t rounds = 0;
    std::size_t completed = 0;
};

/// The product's prober over the product's wire. All rounds are entered first, then the clock and
/// the packets start.
class ProberRig {
  public:
    using OnTrace = std::function<void(Trace const&)>;

    explicit ProberRig(double rate, wire::WireKind kind = wire::WireKind::raw,
                       OnTrace on_trace = {})
        : options_{.rate = rate}, kind_(kind), on_trace_(std::move(on_trace)) {}

    /// For each target beside the rate of all.
    void limit_targets(double rate) { options_.target_rate = rate; }

    /// Until every round has ended.
    Outcome run(std::vector<probe::TraceRequest> requests) {
        return measure(std::move(requests), 0);
    }

    /// Until so many packets have left; the rounds are then cut off.
    Outcome send(std::vector<probe::TraceRequest> requests, std::uint64_t packets) {
        return measure(std::move(requests), packets);
    }

  private:
    struct Run {
        boost::asio::io_context io{1};
        StderrLog log;
        LiteralResolver resolver;
        async::Wakeup ended{io.get_executor()};
        std::unique_ptr<MeteredWire> wire;
        std::unique_ptr<probe::Prober> prober;
        async::TaskGroup rounds{io.get_executor(), log};
        async::TaskGroup loops{io.get_executor(), log};
        std::size_t left = 0;
        Outcome outcome;
        TimePoint start;
    };

    boost::asio::awaitable<void> one(Run& run, probe::TraceRequest request) {
        auto const trace = co_await run.prober->trace(std::move(request));
        auto& sums = run.outcome.counts;
        sums.sent += trace.packets.sent;
        sums.answered += trace.packets.answered;
        sums.overshoot += trace.packets.overshoot;
        sums.foreign += trace.packets.foreign;
        sums.duplicate += trace.packets.duplicate;
        sums.late += trace.packets.late;
        run.outcome.completed += trace.stop_reason == StopReason::completed;
        if (trace.stop_reason == StopReason::error)
            std::fprintf(stderr, "%s\n", trace.error.value_or("").c_str());
        if (on_trace_) on_trace_(trace);
        if (--run.left == 0) run.ended.notify_all();
    }

    static boost::asio::awaitable<void> supervise(Run& run) {
        auto const seen = run.ended.version();
        run.start = Clock::now();
        run.loops.spawn("receiver", run.prober->run_receiver());
        run.loops.spawn("sender", run.prober->run_sender());
        co_await run.ended.wait(seen);
        auto const end = run.wire->last() > run.start ? run.wire->last() : Clock::now();
        run.outcome.seconds = std::chrono::duration<double>(end - run.start).count();
        run.outcome.sent = run.wire->sent();
        run.outcome.counts.receiver_dropped =
            static_cast<std::uint32_t>(run.prober->counters().receiver_dropped);
        co_await run.rounds.join(Duration::zero());
        co_await run.loops.join(Duration::zero());
    }

    Outcome measure(std::vector<probe::TraceRequest> requests, std::uint64_t packets) {
        Run run;
        auto opened = wire::open_wire(run.io.get_executor(), kind_, {}, run.log);
        if (!opened) throw std::runtime_error(opened.error().message);
        run.wire = std::make_unique<MeteredWire>(
            std::move(opened->wire), packets == 0 ? ~std::uint64_t{0} : packets, run.ended);
        run.prober = std::make_unique<probe::Prober>(run.io.get_executor(), *run.wire, run.resolver,
                                                     run.log, options_);
        run.left = run.outcome.rounds = requests.size();
        auto const before = Clock::now();
        for (auto& request : requests)
            run.rounds.spawn("round", one(run, std::move(request)));
        run.io.poll();
        run.outcome.enter_seconds = std::chrono::duration<double>(Clock::now() - before).count();
        boost::asio::co_spawn(run.io, supervise(run), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
        run.io.restart();
        run.io.run();
        return run.outcome;
    }

    probe::ProberOptions options_;
    wire::WireKind kind_;
    OnTrace on_trace_;
};

}  // namespace dtrace::bench
