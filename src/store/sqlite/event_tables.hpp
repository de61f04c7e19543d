#pragma once

namespace dtrace::store {

/// A migration: what became of the network.
inline constexpr char const* event_tables = R"sql(
    -- `at` as in trace.started. `probes`: the names, each between line ends.
    CREATE TABLE event (
        at          INTEGER NOT NULL,
        id          BLOB NOT NULL,
        kind        TEXT NOT NULL,
        measurement BLOB NOT NULL,  -- uuid; empty: of several
        probes      TEXT NOT NULL,
        content     TEXT NOT NULL,  -- JSON
        PRIMARY KEY (at, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE culprit (
        id         BLOB PRIMARY KEY,
        first_seen INTEGER NOT NULL,
        last_seen  INTEGER NOT NULL,
        open       INTEGER NOT NULL,
        content    TEXT NOT NULL  -- JSON
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX culprit_last_seen ON culprit (last_seen);
)sql";

/// A later one: a question about one kind or measurement, or about what is open, reads no others.
inline constexpr char const* event_indices = R"sql(
    CREATE INDEX event_of_kind ON event (kind, at, id);
    CREATE INDEX event_of_measurement ON event (measurement, at, id);
    CREATE INDEX culprit_open ON culprit (id) WHERE open = 1;
)sql";

/// An event by its id alone.
inline constexpr char const* event_id_index = "CREATE INDEX event_of_id ON event (id)";

/// Alerts: which events come after which, and who was told of how many.
inline constexpr char const* alert_tables = R"sql(
    -- As they were kept. AUTOINCREMENT: a number never stands for another event.
    CREATE TABLE event_order (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at     INTEGER NOT NULL,
        id     BLOB NOT NULL
    ) STRICT;

    CREATE TABLE alert_position (
        receiver TEXT PRIMARY KEY,
        number   INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
)sql";

}  // namespace dtrace::store
