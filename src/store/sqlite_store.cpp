#include "entries/sqlite_catalog.hpp"
#include "entries/sqlite_events.hpp"
#include "entries/sqlite_registry.hpp"
#include "records/row_key.hpp"
#include "sqlite/log_check.hpp"
#include "sqlite/sqlite_access.hpp"
#include "sqlite/sqlite_schema.hpp"
#include "traces/sqlite_history.hpp"

#include <dtrace/store/open_store.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace dtrace::store {

namespace {

namespace asio = boost::asio;
namespace errc = boost::system::errc;

class SqliteCatalog final : public Catalog, Access {
  public:
    using Access::Access;

    asio::awaitable<Result<Readable<Probe>>> probes() override {
        co_return told(co_await read_all(read_probes));
    }

    asio::awaitable<Result<Readable<Measurement>>> measurements() override {
        co_return told(co_await read_all(read_measurements));
    }

    asio::awaitable<Result<Readable<MeasurementName>>> known_measurements() override {
        co_return told(co_await read_all(read_known_measurements));
    }

    asio::awaitable<Result<void>> replace_probes(std::vector<Probe> probes) override {
        std::set<std::string_view> names;
        for (Probe const& probe : probes)
            if (!names.insert(probe.name).second)
                co_return make_error(errc::invalid_argument,
                                     "probe " + probe.name + " is given twice");
        auto operation = write(1, [&w = writing_, given = std::move(probes)] {
            store::replace_probes(*w.database, w.dictionary, given);
            return Done();
        });
        co_return co_await without_value(std::move(operation));
    }

    asio::awaitable<Result<void>> replace_measurements(
        std::vector<Measurement> measurements) override {
        std::set<Uuid> ids;
        for (Measurement const& measurement : measurements)
            if (!ids.insert(measurement.id).second)
                co_return make_error(errc::invalid_argument,
                                     "measurement " + to_text(measurement.id) + " is given twice");
        auto operation = write(1, [&w = writing_, given = std::move(measurements)] {
            store::replace_measurements(*w.database, w.dictionary, given);
            return Done();
        });
        co_return co_await without_value(std::move(operation));
    }

  private:
    template <class T>
    asio::awaitable<Result<Readable<T>>> read_all(Readable<T> (*from)(Database&)) {
        return read([&database = *reading_.database, from] { return from(database); });
    }
};

class SqliteRegistry final : public Registry, Access {
  public:
    using Access::Access;

    asio::awaitable<Result<std::vector<RegistryEntry>>> entries(EntryKind kind) override {
        return read(
            [&database = *reading_.database, kind] { return read_entries(database, kind); });
    }

    asio::awaitable<Result<void>> change(std::vector<RegistryChange> changes,
                                         std::vector<AuditEntry> audit) override {
        return without_value(
            write(1, [&w = writing_, given = std::move(changes), told = std::move(audit)] {
                change_entries(*w.database, given, told);
                return Done();
            }));
    }

    asio::awaitable<Result<AuditPage>> audit(AuditQuery query) override {
        auto operation =
            read([&database = *reading_.database, query] { return read_audit(database, query); });
        co_return told(co_await std::move(operation));
    }
};

class SqliteTraces final : public TraceStore, Access {
  public:
    using Access::Access;

    using TraceStore::add;
    asio::awaitable<Result<std::vector<Added>>> add(
        SharedTraces traces, std::shared_ptr<SplitTraces const> split) override {
        auto const weight = std::max<std::size_t>(traces->size(), 1);
        return write(weight,
                     [&writer = writing_.traces, given = std::move(traces),
                      parts = std::move(split)] { return writer.add(*given, parts.get()); });
    }

    asio::awaitable<Result<TracePage>> find(TraceQuery query) override {
        constexpr std::uint32_t max_limit = 1000;
        if (query.limit < 1 || query.limit > max_limit)
            co_return make_error(errc::invalid_argument, "limit: must be 1 to 1000");
        std::optional<RowKey> after;
        if (!query.cursor.empty()) {
            after = read_cursor(query.cursor);
            if (!after)
                co_return make_error(errc::invalid_argument,
                                     "cursor: must be `next` of the page before");
        }
        auto operation = read([&reader = reading_.traces, query = std::move(query),
                               after = std::move(after)] { return reader.find(query, after); });
        co_return told(co_await std::move(operation));
    }

    asio::awaitable<Result<std::optional<Trace>>> get(Uuid id) override {
        return read([&reader = reading_.traces, id] { return reader.get(id); });
    }

    asio::awaitable<Result<TraceCounts>> counts() override {
        return read([&reader = reading_.traces] { return reader.counts(); });
    }

    asio::awaitable<Result<RoundSeries>> rounds(RoundQuery query) override {
        constexpr std::uint32_t max_limit = 10'000;
        if (query.limit < 1 || query.limit > max_limit)
            co_return make_error(errc::invalid_argument, "limit: must be 1 to 10000");
        auto operation = read(
            [&reader = reading_.rounds, query = std::move(query)] { return reader.find(query); });
        co_return told(co_await std::move(operation));
    }

    asio::awaitable<Result<History>> history(HistoryQuery query) override {
        auto operation = read(
            [&reader = reading_.history, query = std::move(query)] { return reader.find(query); });
        co_return told(co_await std::move(operation));
    }
};

class SqliteUpkeep final : Access {
  public:
    using Access::Access;

    asio::awaitable<Result<UpkeepStep>> step(UpkeepRule rule, Timestamp now) {
        auto operation =
            write(1, [&upkeep = writing_.upkeep, rule, now] { return upkeep.step(rule, now); });
        co_return told(co_await std::move(operation));
    }
};

class SqliteStore final : public Store {
  public:
    SqliteStore(std::unique_ptr<Database> writer, std::unique_ptr<Database> reader,
                asio::any_io_executor home, StoreLimits const& limits, Logger& log)
        : damage_(log),
          writing_(std::move(writer), limits, damage_, log),
          reading_(std::move(reader), limits, damage_),
          catalog_(writing_, reading_, home),
          registry_(writing_, reading_, home),
          traces_(writing_, reading_, home),
          events_(writing_, reading_, home),
          work_(writing_, reading_, home) {}

    Catalog& catalog() override { return catalog_; }
    Registry& registry() override { return registry_; }
    TraceStore& traces() override { return traces_; }
    EventStore& events() override { return events_; }
    std::optional<Error> trouble() const override {
        auto trouble = writing_.thread.trouble();
        return trouble ? trouble : damage_.found();
    }
    void tell_damage(Error const& damage) override { damage_.look_at(damage); }
    StoreLoad load() const override {
        return {.commits = writing_.thread.commits(),
                .waiting_writes = writing_.thread.queue().weight(),
                .waiting_reads = reading_.thread.queue().weight()};
    }
    asio::awaitable<Result<UpkeepStep>> upkeep(UpkeepRule rule, Timestamp now) override {
        return work_.step(rule, now);
    }

  private:
    Damage damage_;
    Writing writing_;  // closed last, which moves the log into the file
    Reading reading_;
    SqliteCatalog catalog_;
    SqliteRegistry registry_;
    SqliteTraces traces_;
    SqliteEvents events_;
    SqliteUpkeep work_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_store(std::filesystem::path const& file,
                                          asio::any_io_executor home, Logger& log,
                                          StoreLimits limits) {
    auto const lost = set_damaged_log_aside(file);
    auto writer = Database::open(file);
    if (!writer) return writer.error();
    auto const found = migrate(**writer);
    if (!found) return found.error();
    set_pragmas(**writer, limits);
    // What was left out is not met again.
    if (lost) (*writer)->execute("PRAGMA wal_checkpoint(TRUNCATE)");
    if (auto failure = (*writer)->take_failure()) return *std::move(failure);

    auto reader = Database::open(file);
    if (!reader) return reader.error();
    (*reader)->execute("PRAGMA query_only = TRUE");
    if (auto failure = (*reader)->take_failure()) return *std::move(failure);

    if (*found == 0)
        log.info("database created", {{"file", file.string()}});
    else
        log.info(
            "database opened",
            {{"file", file.string()}, {"layout", schema_version()}, {"layout_before", *found}});
    auto& first = **writer;
    auto& second = **reader;
    auto store = std::make_unique<SqliteStore>(std::move(*writer), std::move(*reader),
                                               std::move(home), limits, log);
    // Every statement is prepared by now; one that could not be means a damaged layout.
    for (Database* database : {&first, &second})
        if (auto failure = database->take_failure()) return *std::move(failure);
    if (lost) store->tell_damage(*lost);
    return std::unique_ptr<Store>(std::move(store));
}

}  // namespace dtrace::store
