#include "sqlite/sqlite_schema.hpp"

#include "names/sqlite_last_use.hpp"
#include "sqlite/event_tables.hpp"
#include "sqlite/rollup_tables.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>

namespace dtrace::store {

namespace {

namespace errc = boost::system::errc;

/// "dtrn" in the file's header tells `file` and us whose database it is.
constexpr std::int64_t application_id = 0x6474726E;

/// Integers stand for names, addresses and uuids; what is equal is stored once; a trace
/// is one row with what differs from round to round, in bits (trace_record.hpp). Ids are never
/// given out anew while a row with them exists, so that they may be cached. Reasons and figures:
/// docs/decisions/storage.md.
constexpr char const* version_1 = R"sql(
    CREATE TABLE probe (
        id   INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE measurement (
        id   INTEGER PRIMARY KEY,
        uuid BLOB NOT NULL UNIQUE
    ) STRICT;
    -- The traces of `dtrace-node trace` belong to no measurement.
    INSERT INTO measurement (id, uuid) VALUES (0, x'');

    -- What one probe has to tell of one measurement.
    CREATE TABLE series (
        id          INTEGER PRIMARY KEY,
        probe       INTEGER NOT NULL REFERENCES probe,
        measurement INTEGER NOT NULL REFERENCES measurement,
        UNIQUE (probe, measurement)
    ) STRICT;
    CREATE INDEX series_of_measurement ON series (measurement);

    -- 4 bytes, 16 bytes, or 20 with a scope.
    CREATE TABLE address (
        id    INTEGER PRIMARY KEY,
        bytes BLOB NOT NULL UNIQUE
    ) STRICT;

    -- Names of hosts, measurements and routers; errors.
    CREATE TABLE text (
        id    INTEGER PRIMARY KEY,
        value TEXT NOT NULL UNIQUE
    ) STRICT;

    -- What all traces of a measurement share as long as its target's address stays; 0: none.
    CREATE TABLE context (
        id               INTEGER PRIMARY KEY,
        measurement_name INTEGER NOT NULL,
        host             INTEGER NOT NULL,
        address          INTEGER NOT NULL,
        source           INTEGER NOT NULL,
        method           INTEGER NOT NULL,
        UNIQUE (host, measurement_name, address, source, method)
    ) STRICT;

    -- Paths without times (path_shape.hpp): `hash` is that of their content, 16 bytes of BLAKE2b;
    -- `first` is what the first trace with the path was like, with which later ones are compared.
    CREATE TABLE path (
        id    INTEGER PRIMARY KEY,
        hash  BLOB NOT NULL UNIQUE,
        shape BLOB NOT NULL,
        first BLOB NOT NULL
    ) STRICT;

    -- `started`: microseconds since 2030-01-01. `id`: bytes 6 to 15 of the trace's uuid if bytes
    -- 0 to 5 are its start in milliseconds, as in a version 7 made at the start; else all 16.
    CREATE TABLE trace (
        series  INTEGER NOT NULL REFERENCES series,
        started INTEGER NOT NULL,
        id      BLOB NOT NULL,
        record  BLOB NOT NULL,
        PRIMARY KEY (series, started, id)
    ) STRICT, WITHOUT ROWID;

    -- Traces of all series in the order of time.
    CREATE TABLE moment (
        started INTEGER NOT NULL,
        series  INTEGER NOT NULL,
        PRIMARY KEY (started, series)
    ) STRICT, WITHOUT ROWID;

    -- Where to find the traces whose uuid does not tell their start.
    CREATE TABLE other_id (
        id      BLOB PRIMARY KEY,
        series  INTEGER NOT NULL,
        started INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- One row: counting a large table would take seconds.
    CREATE TABLE total (traces INTEGER NOT NULL) STRICT;
    INSERT INTO total VALUES (0);

    -- The catalog. `position`: in the order in which they were given.
    CREATE TABLE registered_probe (
        probe         INTEGER PRIMARY KEY REFERENCES probe,
        position      INTEGER NOT NULL,
        password_hash TEXT NOT NULL,
        tags          TEXT NOT NULL  -- JSON
    ) STRICT;

    -- `position` is NULL for what is no longer in force: probes may still hold traces of it.
    CREATE TABLE defined_measurement (
        measurement INTEGER PRIMARY KEY REFERENCES measurement,
        position    INTEGER,
        name        TEXT NOT NULL,
        target      TEXT NOT NULL,
        interval_s  INTEGER NOT NULL,
        parameters  TEXT NOT NULL,  -- JSON, as are those below
        probes      TEXT NOT NULL,
        tags        TEXT NOT NULL
    ) STRICT;
)sql";

/// What comes in over the API.
constexpr char const* version_2 = R"sql(
    CREATE TABLE registry_entry (
        kind    TEXT NOT NULL,
        key     TEXT NOT NULL,
        content TEXT NOT NULL,  -- JSON of the kind's struct
        PRIMARY KEY (kind, key)
    ) STRICT, WITHOUT ROWID;

    -- AUTOINCREMENT: an id that was shown never stands for another entry.
    CREATE TABLE audit_entry (
        id      INTEGER PRIMARY KEY AUTOINCREMENT,
        content TEXT NOT NULL  -- JSON
    ) STRICT;

    -- Which probes: JSON of what is not in the columns above.
    ALTER TABLE defined_measurement ADD COLUMN selection TEXT NOT NULL DEFAULT '{}';
)sql";

/// Roll-ups and what removes old traces.
constexpr char const* version_4 = R"sql(
    -- What an hour of a series came to (rollup_record.hpp); stays when the traces go. Hours are
    -- counted from 2030.
    CREATE TABLE rollup (
        series INTEGER NOT NULL REFERENCES series,
        hour   INTEGER NOT NULL,
        record BLOB NOT NULL,
        PRIMARY KEY (series, hour)
    ) STRICT, WITHOUT ROWID;

    -- Hours with traces that are not yet, or no longer, in their roll-up.
    CREATE TABLE rollup_due (
        hour   INTEGER NOT NULL,
        series INTEGER NOT NULL,
        PRIMARY KEY (hour, series)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO rollup_due SELECT DISTINCT
        (started - ((started % 3600000000) + 3600000000) % 3600000000) / 3600000000, series
        FROM moment;

    -- Traces that started before this have been removed; NULL: none.
    CREATE TABLE upkeep (removed_before INTEGER) STRICT;
    INSERT INTO upkeep VALUES (NULL);
)sql";

/// A uuid belongs to the series that says it: one probe's does not keep out another's.
constexpr char const* version_6 = R"sql(
    ALTER TABLE other_id RENAME TO other_id_5;
    CREATE TABLE other_id (
        id      BLOB NOT NULL,
        series  INTEGER NOT NULL,
        started INTEGER NOT NULL,
        PRIMARY KEY (id, series)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO other_id SELECT id, series, started FROM other_id_5;
    DROP TABLE other_id_5;
)sql";

/// Migration n leads from version n to n + 1. A released one never changes.
constexpr std::array migrations{version_1,      version_2,     event_tables,  version_4,
                                last_use_table, version_6,     event_indices, version_8,
                                alert_tables,   event_id_index};

Error refuse(Database const& database, std::string const& reason) {
    return make_error(errc::invalid_argument, database.file().string() + ": " + reason);
}

}  // namespace

int schema_version() {
    return static_cast<int>(migrations.size());
}

bool is_ours(Database& database) {
    return database.integer_of("PRAGMA application_id") == application_id;
}

void set_pragmas(Database& database, StoreLimits const& limits) {
    // Readers see a snapshot and never wait; a commit is one append to the log.
    auto journal = database.prepare("PRAGMA journal_mode = WAL");
    bool const wal = journal.bind().step() && journal.text(0) == "wal";
    if (!wal) database.fail(errc::not_supported, "the file system allows no write-ahead log");
    journal.reset();
    // Acknowledged means on disk, also when the power fails.
    database.execute("PRAGMA synchronous = FULL");
    // The log is moved into the file by 32 MB, and does not keep the size of one great burst. By
    // one connection alone: SQLite before 3.51.3 loses commits when one begins to move a log that
    // is moved already while another commits.
    database.execute(limits.moves_log ? "PRAGMA wal_autocheckpoint = 8000"
                                      : "PRAGMA wal_autocheckpoint = 0");
    database.execute("PRAGMA journal_size_limit = 67108864");
    // Pages in memory, in KiB: the places where thousands of series grow.
    database.execute("PRAGMA cache_size = -65536");
    if (!limits.max_bytes) return;
    auto const page_size = database.integer_of("PRAGMA page_size");
    auto const pages =
        static_cast<std::int64_t>(*limits.max_bytes) / std::max<std::int64_t>(page_size, 1);
    database.execute("PRAGMA max_page_count = " + std::to_string(std::max<std::int64_t>(pages, 1)));
}

Result<int> migrate(Database& database) {
    database.execute("BEGIN IMMEDIATE");
    auto const version = database.integer_of("PRAGMA user_version");
    auto const owner = database.integer_of("PRAGMA application_id");
    auto const tables = database.integer_of("SELECT count(*) FROM sqlite_schema");
    if (auto failure = database.take_failure()) return *std::move(failure);
    std::optional<Error> refused;
    if (tables > 0 && owner != application_id)
        refused = refuse(database, "is a database of another program; name another file");
    else if (tables > 0 && version < 1)
        refused = refuse(database, "the file is damaged (its layout has no number)");
    else if (version > schema_version())
        refused = refuse(database, "was made by a newer version of dtrace-node (its layout is " +
                                       std::to_string(version) + ", this one knows " +
                                       std::to_string(schema_version()) +
                                       "); update dtrace-node or name another file");
    if (refused) {
        database.execute("ROLLBACK");
        return *std::move(refused);
    }
    if (version == schema_version()) {
        database.execute("COMMIT");
        if (auto failure = database.take_failure()) return *std::move(failure);
        return static_cast<int>(version);
    }
    for (auto i = static_cast<std::size_t>(version); i < migrations.size(); ++i)
        database.execute(migrations[i]);
    database.execute("PRAGMA application_id = " + std::to_string(application_id));
    database.execute("PRAGMA user_version = " + std::to_string(schema_version()));
    database.execute("COMMIT");
    if (auto failure = database.take_failure())
        return within("cannot bring the database to its present layout", *std::move(failure));
    return static_cast<int>(version);
}

}  // namespace dtrace::store
