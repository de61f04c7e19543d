#pragma once

#include "names/sqlite_names.hpp"
#include "sqlite/sqlite_database.hpp"
#include "traces/sqlite_record_reader.hpp"

#include <dtrace/store/rounds.hpp>

namespace dtrace::store {

/// Reads the times of rounds straight from their records, on a reading connection.
class RoundReader {
  public:
    RoundReader(Database& database, Names& names);

    [[nodiscard]] RoundSeries find(RoundQuery const& query);

  private:
    Database& database_;
    RecordReader records_;
    Statement series_;
    Statement rows_;
};

}  // namespace dtrace::store
