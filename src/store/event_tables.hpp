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

}  // namespace dtrace::store
