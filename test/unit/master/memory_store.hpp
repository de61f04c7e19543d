#pragma once

#include <dtrace/store/open_store.hpp>

#include <map>
#include <optional>
#include <set>
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
    std::set<Uuid> damaged_traces;                ///< of those that are kept
    std::vector<store::RollupAt> kept_hours;      ///< of probe n1
    Timestamp removed_before = Timestamp::min();  ///< a trace from before comes too late
    std::optional<Error> failure;                 ///< of every call from now on
    store::Unreadable unreadable;                 ///< of every answer
    std::optional<Error> refuses_reads;           ///< of counts and open culprits, without trouble
    std::optional<store::TraceQuery> last_query;
    std::optional<store::HistoryQuery> last_history;
    std::optional<store::RoundQuery> last_rounds;
    store::RoundSeries kept_rounds;
    int probe_writes = 0;
    int times_counted = 0;
    std::map<std::pair<store::EntryKind, std::string>, std::string> kept_entries;
    std::vector<AuditEntry> kept_audit;  ///< oldest first
    std::vector<Event> kept_events;
    std::vector<store::KeptCulprit> kept_culprits;
    std::vector<store::NumberedEvent> numbered_events;
    std::map<std::string, std::uint64_t> kept_positions;
    std::optional<Error> told_damage;
    std::optional<store::EventQuery> last_event_query;

    store::Catalog& catalog() override { return *this; }
    store::Registry& registry() override { return *this; }
    store::TraceStore& traces() override { return *this; }
    store::EventStore& events() override { return *this; }
    std::optional<Error> trouble() const override { return failure; }
    void tell_damage(Error const& damage) override { told_damage = damage; }

    boost::asio::awaitable<Result<store::Readable<Probe>>> probes() override;
    boost::asio::awaitable<Result<store::Readable<Measurement>>> measurements() override;
    boost::asio::awaitable<Result<store::Readable<MeasurementName>>> known_measurements() override;
    boost::asio::awaitable<Result<void>> replace_probes(std::vector<Probe> probes) override;
    boost::asio::awaitable<Result<void>> replace_measurements(
        std::vector<Measurement> measurements) override;
    boost::asio::awaitable<Result<std::vector<store::RegistryEntry>>> entries(
        store::EntryKind kind) override;
    boost::asio::awaitable<Result<void>> change(std::vector<store::RegistryChange> changes,
                                                std::vector<AuditEntry> audit) override;
    boost::asio::awaitable<Result<store::AuditPage>> audit(store::AuditQuery query) override;
    boost::asio::awaitable<Result<std::vector<store::Added>>> add(
        store::SharedTraces traces, std::shared_ptr<store::SplitTraces const>) override;
    boost::asio::awaitable<Result<store::TracePage>> find(store::TraceQuery query) override;
    boost::asio::awaitable<Result<std::optional<Trace>>> get(Uuid id) override;
    boost::asio::awaitable<Result<store::History>> history(store::HistoryQuery query) override;
    boost::asio::awaitable<Result<store::RoundSeries>> rounds(store::RoundQuery query) override;
    boost::asio::awaitable<Result<store::TraceCounts>> counts() override;
    boost::asio::awaitable<Result<void>> keep(std::vector<Event> events,
                                              std::vector<store::KeptCulprit> culprits) override;
    boost::asio::awaitable<Result<store::EventPage>> find(store::EventQuery query) override;
    boost::asio::awaitable<Result<std::optional<Event>>> event(Uuid id) override;
    boost::asio::awaitable<Result<std::vector<store::KeptCulprit>>> culprits(
        std::optional<Timestamp>, std::optional<Timestamp>, std::uint32_t) override;
    boost::asio::awaitable<Result<std::optional<store::KeptCulprit>>> culprit(Uuid id) override;
    boost::asio::awaitable<Result<std::vector<store::KeptCulprit>>> open_culprits() override;
    boost::asio::awaitable<Result<store::EventRun>> after(std::uint64_t number,
                                                          std::uint32_t limit) override;
    boost::asio::awaitable<Result<std::map<std::string, std::uint64_t>>> alert_positions() override;
    boost::asio::awaitable<Result<void>> move_alerts(
        std::vector<store::AlertPosition> positions) override;
    boost::asio::awaitable<Result<void>> forget(Timestamp, std::uint64_t) override;
};

}  // namespace dtrace::test
