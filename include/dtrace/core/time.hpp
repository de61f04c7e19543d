#pragma once

#include <dtrace/core/text.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace dtrace {

/// Monotonic time, in nanoseconds: everything that is measured or waited for.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

/// Wall-clock time, in microseconds: only to be told to people and kept in the database.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] Timestamp wall_clock_now();

/// RFC 3339 in UTC with microseconds: "2026-11-22T14:00:00.000000Z". Reads any offset and up to
/// nine fractional digits (truncated to microseconds).
template <>
struct TextForm<Timestamp> {
    static std::string write(Timestamp time);
    static Result<Timestamp> read(std::string_view text);
};

/// "250us", "500ms", "2s", "5m", "1h", "1d"; a bare number is seconds ("0.5"). Never negative.
template <>
struct TextForm<microseconds> {
    static std::string write(microseconds duration);
    static Result<microseconds> read(std::string_view text);
};

}  // namespace dtrace
