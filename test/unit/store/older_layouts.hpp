#pragma once

#include <array>
#include <string>

namespace dtrace::test {

/// What makes of a file of layout n + 1 one of layout n, as a version of that time would have
/// written it; element 0 leads from 2 to 1.
inline constexpr std::array older_layouts{
    "DROP TABLE registry_entry; DROP TABLE audit_entry;"
    "ALTER TABLE defined_measurement DROP COLUMN selection",
    "DROP TABLE event; DROP TABLE culprit",
    "DROP TABLE rollup; DROP TABLE rollup_due; DROP TABLE upkeep",
    "DROP TABLE last_use",
    "ALTER TABLE other_id RENAME TO new;"
    "CREATE TABLE other_id (id BLOB PRIMARY KEY, series INTEGER NOT NULL,"
    " started INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "INSERT INTO other_id SELECT id, series, started FROM new;"
    "DROP TABLE new",
    "DROP INDEX event_of_kind; DROP INDEX event_of_measurement; DROP INDEX culprit_open",
    "DROP TABLE latest; DROP TABLE rollup_day; DROP TABLE rollup_day_due;"
    "ALTER TABLE rollup DROP COLUMN hops;"
    "ALTER TABLE upkeep DROP COLUMN hours_removed_before",
    "DROP TABLE event_order; DROP TABLE alert_position",
    "DROP INDEX event_of_id",
};

/// Leads from the present layout to an older one.
inline std::string back_to_layout(std::size_t version) {
    std::string sql;
    for (auto older = older_layouts.size(); older >= version; --older)
        sql += std::string(older_layouts.at(older - 1)) + ";";
    return sql + "PRAGMA user_version = " + std::to_string(version);
}

}  // namespace dtrace::test
