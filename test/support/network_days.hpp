#pragma once

#include "board_probes.hpp"
#include "catalog/assignment_board.hpp"
#include "ingest/ingest.hpp"
#include "sample_trace.hpp"

#include <dtrace/async/task_group.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/store/open_store.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::test {

/// A network of probes that report over days, as fast as the master takes it: its time is a number
/// that begins in the past. Every `tick` its reports are ingested, and then upkeep does what is
/// due.
class NetworkDays {
  public:
    struct Options {
        std::size_t probes = 1000;
        std::chrono::minutes every{360};  ///< between two rounds of a probe
        int hops = 5;
        std::chrono::hours keep{6};  ///< of traces
        std::optional<std::chrono::hours> keep_hours = {};
        std::chrono::hours tick{1};
        bool spreads = true;  ///< one probe of 250 sees more paths than a roll-up lists
        Timestamp begin;      ///< a day's
    };

    NetworkDays(Options options, store::Store& store, Logger& log)
        : options_(options), store_(store), log_(log), now_(options.begin) {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < options.probes; ++i) {
            names.push_back(probe(i));
            paths_.emplace_back(static_cast<std::uint32_t>(i + 1), options.hops, 1U);
        }
        board_.place(board_probes(std::move(names)));
        Measurement all;
        all.id = measurement();
        all.name = "all";
        board_.set_measurements({all}, std::nullopt);
    }

    static std::string probe(std::size_t i) { return "probe-" + std::to_string(i); }
    static Uuid measurement() { return make_uuid_from_name("all"); }

    /// What one of them, or all of them, reported.
    struct Told {
        std::uint64_t traces = 0;
        std::uint64_t reached = 0;
        std::uint64_t failed = 0;
        std::uint64_t sent = 0;
        std::uint64_t answered = 0;

        friend bool operator==(Told const&, Told const&) = default;
    };

    boost::asio::awaitable<void> live(int ticks) {
        for (int tick = 0; tick < ticks; ++tick) {
            async::TaskGroup tasks(co_await boost::asio::this_coro::executor, log_);
            for (std::size_t i = 0; i < senders; ++i)
                tasks.spawn("reports", report(i));
            co_await tasks.wait_until_empty();
            now_ += options_.tick;
            co_await upkeep();
        }
    }

    [[nodiscard]] Timestamp now() const { return now_; }
    [[nodiscard]] Told const& told(std::size_t i) const { return told_[i]; }
    [[nodiscard]] master::ReportCounters const& counters() const { return ingest_.counters(); }
    [[nodiscard]] store::UpkeepStep const& done() const { return done_; }

  private:
    static constexpr std::size_t senders = 64;
    static constexpr FlowIndex flows = 120;  ///< of one that spreads

    /// The share of one sender in the tick that begins now.
    boost::asio::awaitable<void> report(std::size_t sender) {
        for (std::size_t i = sender; i < options_.probes; i += senders) {
            std::vector<Trace> traces;
            for (auto at = now_ + offset(i); at < now_ + options_.tick; at += options_.every)
                traces.push_back(round(i, at));
            if (traces.empty()) continue;
            auto const body = json::write(traces);
            co_await ingest_.take(probe(i), body);
        }
    }

    /// From this tick's begin to the probe's first round in it; the next one's, if it has none.
    [[nodiscard]] microseconds offset(std::size_t i) const {
        auto const since = now_ - options_.begin - shift(i);
        microseconds const every = options_.every;
        return since < microseconds(0) ? -since : (every - since % every) % every;
    }
    [[nodiscard]] microseconds shift(std::size_t i) const {
        return microseconds(options_.every) / options_.probes * i;
    }

    Trace round(std::size_t i, Timestamp at) {
        auto trace = paths_[i].next(probe(i), {measurement(), "all"}, at);
        trace.stop_reason = StopReason::completed;
        ++rounds_;
        if (options_.spreads && i % 250 == 2) spread(trace);
        if (i % 7 == 3 && rounds_ % 5 == 0) lose_end(trace);
        if (i % 250 == 1) fail(trace);
        auto& told = told_[i];
        ++told.traces;
        if (trace.error) ++told.failed;
        if (trace.stop_reason == StopReason::completed) ++told.reached;
        for (auto const& path : trace.paths) {
            told.sent += path.hops.back().sent;
            if (path.reached) told.answered += path.hops.back().answers.size();
        }
        return trace;
    }

    /// With a reason of its own.
    void fail(Trace& trace) const {
        trace.paths.clear();
        trace.packets = {};
        trace.stop_reason = StopReason::error;
        trace.error = "failure " + std::to_string(rounds_);
    }
    /// More paths than a roll-up lists, by routers that nobody sees again.
    void spread(Trace& trace) const {
        auto const usual = trace.paths.front();
        for (FlowIndex flow = 1; flow < flows; ++flow) {
            auto& path = trace.paths.emplace_back(usual);
            path.flow = flow;
            auto& answer = path.hops.front().answers.front();
            answer.from = IpV4(0x0B000000U + static_cast<std::uint32_t>(rounds_) * flows + flow);
            answer.name = "seen-once-" + std::to_string(rounds_) + '-' + std::to_string(flow);
        }
        trace.packets.sent *= flows;
        trace.packets.answered *= flows;
    }
    static void lose_end(Trace& trace) {
        trace.stop_reason = StopReason::gap_limit;
        for (auto& path : trace.paths) {
            path.reached = false;
            path.hops.back().answers.clear();
        }
    }

    boost::asio::awaitable<void> upkeep() {
        store::UpkeepRule const rule{.keep_traces = options_.keep,
                                     .max_bytes = std::nullopt,
                                     .keep_hours = options_.keep_hours};
        for (bool more = true; more;) {
            auto const step =
                (co_await store_.upkeep(rule, now_ + std::chrono::minutes(3))).value();
            done_.rolled_up += step.rolled_up;
            done_.days += step.days;
            done_.hours += step.hours;
            done_.removed += step.removed;
            done_.swept += step.swept;
            more = step.more;
        }
    }

    Options options_;
    store::Store& store_;
    Logger& log_;
    Timestamp now_;
    async::WorkerPool workers_{{.name = "workers", .threads = 1}};
    master::AssignmentBoard board_;
    master::Ingest ingest_{store_.traces(), board_, workers_, log_, {}};
    std::vector<StablePath> paths_;
    std::vector<Told> told_{std::vector<Told>(options_.probes)};
    std::uint64_t rounds_ = 0;
    store::UpkeepStep done_;
};

}  // namespace dtrace::test
