#pragma once

#include <dtrace/core/error.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>

namespace dtrace::store {

/// How many commits in a write-ahead log SQLite will leave out without a word, because the log is
/// damaged before their end: it takes any log that breaks off for one whose writing was
/// interrupted. That can be so in the last commit only, as each is on disk before the next one
/// begins; damage of that one alone cannot be told from it, and counts as none. To be asked before
/// the database is opened; another process may be at work with it.
[[nodiscard]] std::uint64_t commits_behind_damage(std::filesystem::path const& log);

/// Where the write-ahead log of a database is: beside the file, not beside a link to it.
[[nodiscard]] std::filesystem::path log_of(std::filesystem::path const& database);

/// Says so of the log of a database, and keeps a copy of it beside it: SQLite will write over what
/// it leaves out. Only the first few copies are kept.
[[nodiscard]] std::optional<Error> set_damaged_log_aside(std::filesystem::path const& database);

}  // namespace dtrace::store
