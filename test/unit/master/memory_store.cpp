#include "memory_store.hpp"

#include <dtrace/json/write.hpp>

#include <algorithm>

namespace dtrace::test {

boost::asio::awaitable<Result<store::Readable<Probe>>> MemoryStore::probes() {
    if (failure) co_return *failure;
    co_return store::Readable<Probe>{.entries = kept_probes, .unreadable = {}};
}

boost::asio::awaitable<Result<store::Readable<Measurement>>> MemoryStore::measurements() {
    if (failure) co_return *failure;
    co_return store::Readable<Measurement>{.entries = kept_measurements, .unreadable = {}};
}

boost::asio::awaitable<Result<store::Readable<MeasurementName>>> MemoryStore::known_measurements() {
    if (failure) co_return *failure;
    store::Readable<MeasurementName> known{.entries = former, .unreadable = unreadable};
    for (auto const& measurement : kept_measurements)
        known.entries.push_back({.id = measurement.id, .name = measurement.name});
    co_return known;
}

boost::asio::awaitable<Result<void>> MemoryStore::replace_probes(std::vector<Probe> probes) {
    if (failure) co_return *failure;
    kept_probes = std::move(probes);
    ++probe_writes;
    co_return Result<void>();
}

boost::asio::awaitable<Result<void>> MemoryStore::replace_measurements(
    std::vector<Measurement> measurements) {
    if (failure) co_return *failure;
    kept_measurements = std::move(measurements);
    co_return Result<void>();
}

boost::asio::awaitable<Result<std::vector<store::RegistryEntry>>> MemoryStore::entries(
    store::EntryKind kind) {
    if (failure) co_return *failure;
    std::vector<store::RegistryEntry> found;
    for (auto const& [key, content] : kept_entries)
        if (key.first == kind) found.push_back({key.second, content});
    co_return found;
}

boost::asio::awaitable<Result<void>> MemoryStore::change(std::vector<store::RegistryChange> changes,
                                                         std::vector<AuditEntry> audit) {
    if (failure) co_return *failure;
    for (auto& [kind, key, content] : changes) {
        if (content)
            kept_entries[{kind, key}] = *std::move(content);
        else
            kept_entries.erase({kind, key});
    }
    for (auto& entry : audit) {
        entry.id = kept_audit.size() + 1;
        kept_audit.push_back(std::move(entry));
    }
    co_return Result<void>();
}

boost::asio::awaitable<Result<store::AuditPage>> MemoryStore::audit(store::AuditQuery query) {
    if (failure) co_return *failure;
    store::AuditPage page;
    page.unreadable = unreadable;
    for (auto entry = kept_audit.rbegin(); entry != kept_audit.rend(); ++entry) {
        if (entry->id >= query.before.value_or(entry->id + 1)) continue;
        if (page.entries.size() == query.limit) {
            page.next = page.entries.back().id;
            break;
        }
        page.entries.push_back(*entry);
    }
    co_return page;
}

boost::asio::awaitable<Result<std::vector<store::Added>>> MemoryStore::add(
    store::SharedTraces traces, std::shared_ptr<store::SplitTraces const>) {
    if (failure) co_return *failure;
    std::vector<store::Added> outcomes;
    for (auto const& trace : *traces) {
        if (trace.started_at < removed_before) {
            outcomes.push_back(store::Added::too_late);
            continue;
        }
        bool const known =
            std::ranges::find(kept_traces, trace.id, &Trace::id) != kept_traces.end();
        outcomes.push_back(known ? store::Added::known : store::Added::stored);
        if (!known) kept_traces.push_back(trace);
    }
    co_return outcomes;
}

boost::asio::awaitable<Result<store::TracePage>> MemoryStore::find(store::TraceQuery query) {
    last_query = query;
    if (failure) co_return *failure;
    if (query.cursor == "foreign")
        co_return make_error(boost::system::errc::invalid_argument, "not a cursor");
    store::TracePage page;
    page.unreadable = unreadable;
    for (auto const& trace : kept_traces) {
        if (damaged_traces.contains(trace.id)) {
            ++page.unreadable.count;
            continue;
        }
        if (query.probe && trace.probe != *query.probe) continue;
        if (page.traces.size() == query.limit) {
            page.next = "more";
            break;
        }
        page.traces.push_back(trace);
    }
    co_return page;
}

boost::asio::awaitable<Result<std::optional<Trace>>> MemoryStore::get(Uuid id) {
    if (failure) co_return *failure;
    if (damaged_traces.contains(id))
        co_return make_error(boost::system::errc::bad_message, "a damaged trace");
    auto const found = std::ranges::find(kept_traces, id, &Trace::id);
    if (found == kept_traces.end()) co_return std::optional<Trace>();
    co_return std::optional<Trace>(*found);
}

boost::asio::awaitable<Result<store::History>> MemoryStore::history(store::HistoryQuery query) {
    if (failure) co_return *failure;
    last_history = query;
    store::History found{.rollups = {}, .unreadable = unreadable};
    for (auto const& hour : kept_hours)
        if (query.probe == "n1" && hour.start >= query.from && hour.start < query.to)
            found.rollups.push_back(hour);
    co_return found;
}

boost::asio::awaitable<Result<store::RoundSeries>> MemoryStore::rounds(store::RoundQuery query) {
    last_rounds = query;
    if (failure) co_return *failure;
    auto found = kept_rounds;
    found.unreadable = unreadable;
    co_return found;
}

boost::asio::awaitable<Result<store::TraceCounts>> MemoryStore::counts() {
    ++times_counted;
    if (failure) co_return *failure;
    if (refuses_reads) co_return *refuses_reads;
    co_return store::TraceCounts{.traces = kept_traces.size(), .bytes = 4096};
}

boost::asio::awaitable<Result<void>> MemoryStore::keep(std::vector<Event> events,
                                                       std::vector<store::KeptCulprit> culprits) {
    if (failure) co_return *failure;
    kept_events.insert(kept_events.begin(), events.begin(), events.end());
    for (auto const& event : events)
        numbered_events.push_back({numbered_events.size() + 1, json::write(event)});
    for (auto const& culprit : culprits) {
        std::erase_if(kept_culprits, [&](auto const& each) { return each.id == culprit.id; });
        kept_culprits.push_back(culprit);
    }
    co_return Result<void>();
}

boost::asio::awaitable<Result<store::EventPage>> MemoryStore::find(store::EventQuery query) {
    last_event_query = query;
    if (failure) co_return *failure;
    if (query.cursor == "foreign")
        co_return make_error(boost::system::errc::invalid_argument, "not a cursor");
    co_return store::EventPage{.events = kept_events, .next = {}, .unreadable = unreadable};
}

boost::asio::awaitable<Result<std::optional<Event>>> MemoryStore::event(Uuid id) {
    if (failure) co_return *failure;
    auto const found = std::ranges::find(kept_events, id, &Event::id);
    if (found == kept_events.end()) co_return std::optional<Event>();
    co_return std::optional(*found);
}

boost::asio::awaitable<Result<std::vector<store::KeptCulprit>>> MemoryStore::culprits(
    std::optional<Timestamp>, std::optional<Timestamp>, std::uint32_t) {
    if (failure) co_return *failure;
    co_return kept_culprits;
}

boost::asio::awaitable<Result<std::optional<store::KeptCulprit>>> MemoryStore::culprit(Uuid id) {
    if (failure) co_return *failure;
    auto const found = std::ranges::find(kept_culprits, id, &store::KeptCulprit::id);
    if (found == kept_culprits.end()) co_return std::optional<store::KeptCulprit>();
    co_return std::optional(*found);
}

boost::asio::awaitable<Result<std::vector<store::KeptCulprit>>> MemoryStore::open_culprits() {
    if (failure) co_return *failure;
    if (refuses_reads) co_return *refuses_reads;
    std::vector<store::KeptCulprit> open;
    for (auto const& each : kept_culprits)
        if (each.open) open.push_back(each);
    co_return open;
}

boost::asio::awaitable<Result<store::EventRun>> MemoryStore::after(std::uint64_t number,
                                                                   std::uint32_t limit) {
    if (failure) co_return *failure;
    store::EventRun run;
    for (auto const& event : numbered_events)
        if (event.number > number && run.events.size() < limit) run.events.push_back(event);
    if (!numbered_events.empty()) run.newest = numbered_events.back().number;
    co_return run;
}

boost::asio::awaitable<Result<std::map<std::string, std::uint64_t>>>
MemoryStore::alert_positions() {
    if (failure) co_return *failure;
    co_return kept_positions;
}

boost::asio::awaitable<Result<void>> MemoryStore::move_alerts(
    std::vector<store::AlertPosition> positions) {
    if (failure) co_return *failure;
    for (auto const& [receiver, number] : positions) {
        if (number)
            kept_positions[receiver] = *number;
        else
            kept_positions.erase(receiver);
    }
    co_return Result<void>();
}

boost::asio::awaitable<Result<void>> MemoryStore::forget(Timestamp, std::uint64_t) {
    co_return Result<void>();
}

}  // namespace dtrace::test
