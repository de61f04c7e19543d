#pragma once

#include "sqlite/sqlite_database.hpp"

#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/store/open_store.hpp>

#include <cstdint>
#include <optional>

namespace dtrace::store {

/// The start of a trace as the database has it: microseconds since 2030, so that the time from
/// 2025-07 to 2034-06 takes six bytes in each row instead of eight.
[[nodiscard]] constexpr std::int64_t to_database(Timestamp time) {
    constexpr std::int64_t epoch = 1'893'456'000'000'000;
    // Times before 292000 BC are moved there rather than overflowing.
    std::int64_t const us = time.time_since_epoch().count();
    return us < INT64_MIN + epoch ? INT64_MIN : us - epoch;
}
[[nodiscard]] constexpr Timestamp from_database(std::int64_t started) {
    return Timestamp(microseconds(1'893'456'000'000'000)) + microseconds(started);
}

/// Hours and days since 2030 in which a trace of the database started.
inline constexpr std::int64_t hour_us = 3'600'000'000;
inline constexpr std::int64_t hours_a_day = 24;
inline constexpr std::int64_t day_us = hours_a_day * hour_us;
[[nodiscard]] constexpr std::int64_t hour_of(std::int64_t started) {
    return started >= 0 ? started / hour_us : -((hour_us - 1 - started) / hour_us);
}
[[nodiscard]] constexpr std::int64_t day_of(std::int64_t started) {
    return started >= 0 ? started / day_us : -((day_us - 1 - started) / day_us);
}

/// Makes the tables of a new file, or brings those of an older version up to date. Refuses a file
/// of another program or of a newer version, saying what to do. Returns the version that was found,
/// 0 for a new file.
[[nodiscard]] Result<int> migrate(Database& database);

/// Whether the file is one of ours, whatever its version.
[[nodiscard]] bool is_ours(Database& database);

/// For every connection, once it is known that the file is ours.
void set_pragmas(Database& database, StoreLimits const& limits);

/// The version that `migrate` leaves behind.
[[nodiscard]] int schema_version();

}  // namespace dtrace::store
