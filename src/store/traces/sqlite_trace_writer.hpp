#pragma once

#include "names/sqlite_dictionary.hpp"
#include "records/split_traces.hpp"
#include "sqlite/sqlite_database.hpp"
#include "upkeep/sqlite_upkeep.hpp"

#include <dtrace/model/trace.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace dtrace::store {

/// Puts traces into their rows, within the transaction that is open.
class TraceWriter {
  public:
    TraceWriter(Database& database, Dictionary& dictionary, LastUse& last_use, Upkeep& upkeep);

    /// What became of each. Meaningless if the database has failed.
    /// `split`: their paths, if they have been taken apart.
    [[nodiscard]] std::vector<Added> add(std::vector<Trace> const& traces,
                                         SplitTraces const* split);

  private:
    /// The newest trace of a series in a report.
    struct Newest {
        std::int64_t started = 0;
        std::string id;
        std::string record;
    };
    using NewestOf = std::unordered_map<RowId, Newest>;

    Added add(Trace const& trace, std::span<SplitPath const> paths, NewestOf& newest);
    [[nodiscard]] std::string record_of(Trace const& trace, std::span<SplitPath const> split,
                                        std::int64_t started);

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
