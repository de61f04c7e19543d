#pragma once

#include "sqlite_database.hpp"
#include "sqlite_dictionary.hpp"
#include "sqlite_upkeep.hpp"

#include <dtrace/model/trace.hpp>

#include <vector>

namespace dtrace::store {

/// Puts traces into their rows, within the transaction that is open.
class TraceWriter {
  public:
    TraceWriter(Database& database, Dictionary& dictionary, LastUse& last_use, Upkeep& upkeep);

    /// One bool per trace: true if new. Meaningless if the database has failed.
    [[nodiscard]] std::vector<bool> add(std::vector<Trace> const& traces);

  private:
    bool add(Trace const& trace);
    [[nodiscard]] std::string record_of(Trace const& trace, std::int64_t started);

    Database& database_;
    Dictionary& dictionary_;
    LastUse& last_use_;
    Upkeep& upkeep_;
    Statement insert_trace_;
    Statement insert_moment_;
    Statement latest_;
    Statement insert_other_id_;
    Statement increase_total_;
};

}  // namespace dtrace::store
