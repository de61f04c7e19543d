#include "watch/culprit_watch.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

constexpr std::size_t replay_page = 200;
constexpr std::uint32_t restored_events = 1000;
constexpr std::size_t most_unkept = 2000;  ///< events, while the store takes nothing
/// What comes within this time is looked at together: a turn for each report would cost more than
/// the report.
constexpr Duration gather_traces = milliseconds(50);
constexpr Duration forget_every = std::chrono::hours(1);
/// A verdict may take so large a part of the time.
constexpr int verdict_share = 4;

store::KeptCulprit kept_culprit(CulpritRecord const& record) {
    return {.id = record.id,
            .first_seen = record.first_seen,
            .last_seen = record.last_seen,
            .open = record.open,
            .content = json::write(record)};
}

}  // namespace

CulpritWatch::CulpritWatch(asio::any_io_executor executor, WatchOptions options, Parts parts)
    : options_(options),
      parts_(parts),
      wakeup_(std::move(executor)),
      watch_(options),
      pool_({.name = "culprits", .threads = 1}) {}

void CulpritWatch::take(TakenTraces const& traces) {
    if (waiting_traces_ + traces->size() > options_.max_waiting_traces) {
        if (counters_.left_out == 0)
            parts_.log.warn("too many traces to look at all of them for culprits");
        counters_.left_out += traces->size();
        return;
    }
    waiting_traces_ += traces->size();
    waiting_.push_back(traces);
    if (waiting_.size() == 1) wakeup_.notify_all();
}

void CulpritWatch::note(std::vector<Event> events) {
    if (events.empty()) return;
    std::ranges::move(events, std::back_inserter(noted_));
    wakeup_.notify_all();
}

asio::awaitable<void> CulpritWatch::run() {
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await watch_on();
    // What has come meanwhile is looked at and what was found is kept: after a restart the traces
    // are read in silence.
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    next_verdict_ = TimePoint::max();  // which would take long
    (void)co_await work();
    co_await keep();
}

asio::awaitable<void> CulpritWatch::watch_on() {
    co_await restore();
    for (;;) {
        auto const seen = wakeup_.version();
        bool const worked = co_await work();
        co_await keep();
        co_await forget_old();
        auto const state = co_await asio::this_coro::cancellation_state;
        if (!worked || state.cancelled() != asio::cancellation_type::none) co_return;
        bool const slept = co_await async::sleep_for(gather_traces);
        if (!slept) co_return;
        if (waiting_.empty() && noted_.empty()) co_await wakeup_.wait(seen, next_verdict_);
        auto const after = co_await asio::this_coro::cancellation_state;
        if (after.cancelled() != asio::cancellation_type::none) co_return;
    }
}

asio::awaitable<void> CulpritWatch::restore() {
    auto const now = wall_clock_now();
    auto& store = parts_.store.events();
    auto const open = co_await store.open_culprits();
    store::EventQuery query{.limit = restored_events};
    auto const events = co_await store.find(std::move(query));
    std::vector<CulpritRecord> records;
    if (open)
        for (auto const& each : *open)
            if (auto record = json::read<CulpritRecord>(each.content, json::UnknownKeys::ignore))
                records.push_back(*std::move(record));
    watch_.restore(std::move(records), events ? events->events : std::vector<Event>());
    auto traces = co_await traces_of_window(now);
    auto const replayed = co_await async::offload(pool_, [&] {
        watch_.replay(traces, now);
        traces = {};  // here: to free many takes its time
    });
    if (!open || !events || !replayed)
        parts_.log.warn("the watch for culprits begins without what was known before");
    next_verdict_ = Clock::now();
}

asio::awaitable<std::vector<Trace>> CulpritWatch::traces_of_window(Timestamp now) {
    std::vector<Trace> traces;
    store::TraceQuery query;
    query.from = now - options_.window;
    query.limit = replay_page;
    do {
        auto page = co_await parts_.store.traces().find(query);
        if (!page) break;
        std::ranges::move(page->traces, std::back_inserter(traces));
        query.cursor = std::move(page->next);
        auto const state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) break;
    } while (!query.cursor.empty() && traces.size() < options_.max_replayed_traces);
    std::ranges::reverse(traces);
    co_return traces;
}

asio::awaitable<bool> CulpritWatch::work() {
    auto batch = std::exchange(waiting_, {});
    auto const rounds = std::exchange(waiting_traces_, 0);
    auto noted = std::exchange(noted_, {});
    auto skipped = std::exchange(not_ordered_, {});
    auto const began = Clock::now();
    bool const due = began >= next_verdict_;
    auto const now = wall_clock_now();
    NetworkWatch::Findings found;
    std::function<void()> job = [&, marks = loss_marks_] {
        watch_.set_loss_marks(marks);
        watch_.not_ordered(skipped);
        watch_.note(noted, now, found);
        for (auto& traces : batch) {
            watch_.study(*traces, now, found);
            traces.reset();  // here: to free many takes its time
        }
        if (due) watch_.judge(now, found);
    };
    auto const done = co_await async::offload(pool_, std::move(job));
    if (!done) {
        std::ranges::move(waiting_, std::back_inserter(batch));
        waiting_ = std::move(batch);
        waiting_traces_ += rounds;
        std::ranges::move(noted_, std::back_inserter(noted));
        noted_ = std::move(noted);
        not_ordered_ = std::move(skipped);
        co_return false;
    }
    counters_.rounds += rounds;
    if (due) {
        ++counters_.verdicts;
        verdict_ = watch_.verdict();
        auto const ended = Clock::now();
        counters_.last_verdict_at = now;
        counters_.last_verdict_us =
            static_cast<std::uint64_t>(std::chrono::floor<microseconds>(ended - began).count());
        counters_.open_culprits = watch_.open_culprits();
        next_verdict_ = ended + std::max(options_.verdict_every, verdict_share * (ended - began));
    }
    counters_.events += found.events.size();
    order(std::move(found.bursts));
    std::ranges::move(found.events, std::back_inserter(unkept_.events));
    std::ranges::move(found.culprits, std::back_inserter(unkept_.culprits));
    co_return true;
}

asio::awaitable<void> CulpritWatch::keep() {
    if (unkept_.events.empty() && unkept_.culprits.empty()) co_return;
    std::vector<store::KeptCulprit> culprits;
    for (auto const& record : unkept_.culprits)
        culprits.push_back(kept_culprit(record));
    auto const done = co_await parts_.store.events().keep(unkept_.events, std::move(culprits));
    if (done) {
        for (auto const& event : unkept_.events)
            parts_.log.info("event", {{"kind", to_text(event.kind)}, {"summary", event.summary}});
        if (on_kept_) on_kept_(unkept_);
        unkept_ = {};
        store_failed_ = false;
        co_return;
    }
    if (!store_failed_) parts_.log.error("events not stored", {{"reason", done.error().message}});
    store_failed_ = true;
    // The newest are worth the most.
    auto& events = unkept_.events;
    if (events.size() > most_unkept)
        events.erase(events.begin(), events.end() - static_cast<std::ptrdiff_t>(most_unkept));
    auto& records = unkept_.culprits;
    if (records.size() > most_unkept)
        records.erase(records.begin(), records.end() - static_cast<std::ptrdiff_t>(most_unkept));
}

asio::awaitable<void> CulpritWatch::forget_old() {
    if (Clock::now() < next_forgetting_) co_return;
    next_forgetting_ = Clock::now() + forget_every;
    auto const done =
        co_await parts_.store.events().forget(wall_clock_now() - options_.keep, options_.max_kept);
    if (!done) parts_.log.warn("old events not removed", {{"reason", done.error().message}});
}

void CulpritWatch::order(NetworkWatch::Bursts bursts) {
    for (auto& [measurement, probes] : bursts) {
        std::erase_if(probes, [&](auto const& probe) { return parts_.board.revision(probe) == 0; });
        if (!order(measurement, probes)) not_ordered_[measurement].merge(probes);
    }
}

/// False: it is no longer wanted, or cannot be had.
bool CulpritWatch::order(Uuid const& id, std::set<std::string, std::less<>> const& probes) {
    auto const now = wall_clock_now();
    auto const& all = parts_.board.measurements();
    auto const measurement = std::ranges::find(all, id, &Measurement::id);
    if (measurement == all.end() || probes.empty()) return false;
    auto const burst = burst_of(measurement->parameters, options_.burst_flows);
    if (!burst) return false;
    OnceItem item{.id = make_uuid_v7(now),
                  .measurement = {measurement->id, measurement->name},
                  .target = measurement->target,
                  .parameters = *burst,
                  .deadline = now + options_.burst_deadline};
    auto const ordered = parts_.board.order_once(std::move(item), probes);
    if (!ordered) {
        parts_.log.warn("burst not ordered",
                        {{"measurement", measurement->name}, {"reason", ordered.error().message}});
        return false;
    }
    counters_.bursts_ordered += probes.size();
    parts_.log.info("loss on the way to a target, more packets ordered",
                    {{"measurement", measurement->name}, {"probes", probes.size()}});
    parts_.board_changed.notify_all();
    return true;
}

}  // namespace dtrace::master
