#pragma once

#include "sqlite/sqlite_database.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace dtrace::store {

/// Reads every trace, those kept as the last ones too, and every roll-up, and says of each that is
/// damaged: SQLite knows its pages, and not what our records mean. Says of `most` and then stops.
/// The layout must be today's.
[[nodiscard]] std::vector<std::string> find_damaged_records(Database& database, std::size_t most);

}  // namespace dtrace::store
