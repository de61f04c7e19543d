#pragma once

#include <dtrace/store/open_store.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::test {

/// A store in memory, which can be told to fail.
class MemoryStore : public store::Store,
                    public store::Catalog,
                    public store::Registry,
                    public store::TraceStore,
                    public store::EventStore {
  public:
    std::vector<Probe> kept_probes;
    std::vector<Measurement> kept_measurements;
    std::vector<MeasurementName> former;
    std::vector<Trace> kept_traces;
    std::vector<store::HourlyRollup> kept_hours;  ///< of probe n1
    std::optional<Error> failure;                 ///< of every call from now on
    std::optional<store::TraceQuery> last_query;
    int probe_writes = 0;
    std::map<std::pair<store::EntryKind, std::string>, std::string> kept_entries;
    std::vector<AuditEntry> kept_audit;  ///< oldest first
    std::vector<Event> kept_events;
    std::vector<store::KeptCulprit> kept_culprits;
    std::optional<store::EventQuery> last_event_query;

    store::Catalog& catalog() override { return *this; }
    store::Registry& registry() override { return *this; }
    store::TraceStore& traces() override { return *this; }
    store::EventStore& events() override { return *this; }
    std::optional<Error> trouble() const override { return failure; }

    boost::asio::awaitable<Result<std::vector<Probe>>> probes() override {
        if (failure) co_return *failure;
        co_return kept_probes;
    }
    boost::asio::awaitable<Result<std::vector<Measurement>>> measurements() override {
        if (failure) co_return *failure;
        co_return kept_measurements;
    }
    boost::asio::awaitable<Result<std::vector<MeasurementName>>> former_measurements() override {
        if (failure) co_return *failure;
        co_return former;
    }
    boost::asio::awaitable<Result<void>> replace_probes(std::vector<Probe> probes) override {
        if (failure) co_return *failure;
        kept_probes = std::move(probes);
        ++probe_writes;
        co_return Result<void>();
    }
    boost::asio::awaitable<Result<void>> replace_measurements(
        std::vector<Measurement> measurements) override {
        if (failure) co_return *failure;
        kept_measurements = std::move(measurements);
        co_return Result<void>();
    }
    boost::asio::awaitable<Result<std::vector<store::RegistryEntry>>> entries(
        store::EntryKind kind) override {
        if (failure) co_return *failure;
        std::vector<store::RegistryEntry> found;
        for (auto const& [key, content] : kept_entries)
            if (key.first == kind) found.push_back({key.second, content});
        co_return found;
    }
    boost::asio::awaitable<Result<void>> change(std::vector<store::RegistryChange> changes,
                                                std::vector<AuditEntry> audit) override {
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
    boost::asio::awaitable<Result<std::vector<AuditEntry>>> audit(
        store::AuditQuery query) override {
        if (failure) co_return *failure;
        std::vector<AuditEntry> found;
        for (auto entry = kept_audit.rbegin(); entry != kept_audit.rend(); ++entry)
            if (entry->id < query.before.value_or(entry->id + 1) && found.size() < query.limit)
                found.push_back(*entry);
        co_return found;
    }
    boost::asio::awaitable<Result<std::vector<bool>>> add(std::vector<Trace> traces) override {
        if (failure) co_return *failure;
        std::vector<bool> is_new;
        for (auto& trace : traces) {
            bool const known =
                std::ranges::find(kept_traces, trace.id, &Trace::id) != kept_traces.end();
            is_new.push_back(!known);
            if (!known) kept_traces.push_back(std::move(trace));
        }
        co_return is_new;
    }
    boost::asio::awaitable<Result<store::TracePage>> find(store::TraceQuery query) override {
        last_query = query;
        if (failure) co_return *failure;
        if (query.cursor == "foreign")
            co_return make_error(boost::system::errc::invalid_argument, "not a cursor");
        store::TracePage page;
        for (auto const& trace : kept_traces) {
            if (query.probe && trace.probe != *query.probe) continue;
            if (page.traces.size() == query.limit) {
                page.next = "more";
                break;
            }
            page.traces.push_back(trace);
        }
        co_return page;
    }
    boost::asio::awaitable<Result<std::optional<Trace>>> get(Uuid id) override {
        if (failure) co_return *failure;
        auto const found = std::ranges::find(kept_traces, id, &Trace::id);
        if (found == kept_traces.end()) co_return std::optional<Trace>();
        co_return std::optional<Trace>(*found);
    }
    boost::asio::awaitable<Result<std::vector<store::HourlyRollup>>> history(
        store::HistoryQuery query) override {
        if (failure) co_return *failure;
        std::vector<store::HourlyRollup> found;
        for (auto const& hour : kept_hours)
            if (query.probe == "n1" && hour.start >= query.from && hour.start < query.to)
                found.push_back(hour);
        co_return found;
    }
    boost::asio::awaitable<Result<store::TraceCounts>> counts() override {
        if (failure) co_return *failure;
        co_return store::TraceCounts{.traces = kept_traces.size(), .bytes = 4096};
    }

    boost::asio::awaitable<Result<void>> keep(std::vector<Event> events,
                                              std::vector<store::KeptCulprit> culprits) override {
        if (failure) co_return *failure;
        kept_events.insert(kept_events.begin(), events.begin(), events.end());
        for (auto const& culprit : culprits) {
            std::erase_if(kept_culprits, [&](auto const& each) { return each.id == culprit.id; });
            kept_culprits.push_back(culprit);
        }
        co_return Result<void>();
    }
    boost::asio::awaitable<Result<store::EventPage>> find(store::EventQuery query) override {
        last_event_query = query;
        if (failure) co_return *failure;
        if (query.cursor == "foreign")
            co_return make_error(boost::system::errc::invalid_argument, "not a cursor");
        co_return store::EventPage{.events = kept_events, .next = {}};
    }
    boost::asio::awaitable<Result<std::vector<store::KeptCulprit>>> culprits(
        std::optional<Timestamp>, std::optional<Timestamp>, std::uint32_t) override {
        if (failure) co_return *failure;
        co_return kept_culprits;
    }
    boost::asio::awaitable<Result<std::optional<store::KeptCulprit>>> culprit(Uuid id) override {
        if (failure) co_return *failure;
        auto const found = std::ranges::find(kept_culprits, id, &store::KeptCulprit::id);
        if (found == kept_culprits.end()) co_return std::optional<store::KeptCulprit>();
        co_return std::optional(*found);
    }
    boost::asio::awaitable<Result<std::vector<store::KeptCulprit>>> open_culprits() override {
        if (failure) co_return *failure;
        std::vector<store::KeptCulprit> open;
        for (auto const& each : kept_culprits)
            if (each.open) open.push_back(each);
        co_return open;
    }
    boost::asio::awaitable<Result<void>> forget(Timestamp, std::uint64_t) override {
        co_return Result<void>();
    }
};

}  // namespace dtrace::test
