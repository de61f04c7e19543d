#pragma once

#include "sqlite_database.hpp"
#include "sqlite_names.hpp"

#include <dtrace/store/rollup.hpp>

#include <vector>

namespace dtrace::store {

/// Reads roll-ups, on a reading connection.
class HistoryReader {
  public:
    explicit HistoryReader(Database& database);

    /// In the order of time; hours of which there is nothing to tell are left out.
    [[nodiscard]] std::vector<HourlyRollup> find(HistoryQuery const& query);

  private:
    Database& database_;
    Names names_;
    Statement rows_;
};

}  // namespace dtrace::store
