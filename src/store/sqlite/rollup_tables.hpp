#pragma once

namespace dtrace::store {

/// A migration: the last trace of each series, hops in roll-ups, roll-ups of days.
inline constexpr char const* version_8 = R"sql(
    -- Copies of rows of `trace`, side by side: else each would be a page of its own to read.
    CREATE TABLE latest (
        series  INTEGER PRIMARY KEY REFERENCES series,
        started INTEGER NOT NULL,
        id      BLOB NOT NULL,
        record  BLOB NOT NULL
    ) STRICT;
    -- CROSS: series by series. SQLite would rather read every trace and ask each for its series.
    INSERT INTO latest SELECT t.series, t.started, t.id, t.record FROM series AS s
        CROSS JOIN trace AS t ON t.series = s.id AND (t.started, t.id) = (
            SELECT started, id FROM trace WHERE series = s.id
            ORDER BY started DESC, id DESC LIMIT 1);

    -- NULL: summed up by an earlier version.
    ALTER TABLE rollup ADD COLUMN hops BLOB;

    -- What a day came to: the sum of its hours. Days are counted from 2030.
    CREATE TABLE rollup_day (
        series INTEGER NOT NULL REFERENCES series,
        day    INTEGER NOT NULL,
        record BLOB NOT NULL,
        hops   BLOB NOT NULL,
        PRIMARY KEY (series, day)
    ) STRICT, WITHOUT ROWID;

    -- Days with hours that are not yet, or not as they are now, in their roll-up.
    CREATE TABLE rollup_day_due (
        day    INTEGER NOT NULL,
        series INTEGER NOT NULL,
        PRIMARY KEY (day, series)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO rollup_day_due SELECT DISTINCT (hour - (hour % 24 + 24) % 24) / 24, series
        FROM rollup;

    -- Roll-ups of hours before this day have been removed; NULL: none.
    ALTER TABLE upkeep ADD COLUMN hours_removed_before INTEGER;
)sql";

}  // namespace dtrace::store
