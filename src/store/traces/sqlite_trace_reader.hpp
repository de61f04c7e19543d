#pragma once

#include "names/sqlite_names.hpp"
#include "sqlite/sqlite_database.hpp"
#include "traces/newest_first.hpp"
#include "traces/sqlite_record_reader.hpp"

#include <dtrace/store/trace_store.hpp>

#include <optional>
#include <vector>

namespace dtrace::store {

/// Reads traces back. Results are meaningless if the database has failed.
class TraceReader {
  public:
    TraceReader(Database& database, Names& names);

    /// `after`: the last row of the page before.
    [[nodiscard]] TracePage find(TraceQuery const& query, std::optional<RowKey> const& after);
    [[nodiscard]] std::optional<Trace> get(Uuid const& id);
    [[nodiscard]] TraceCounts counts();

    [[nodiscard]] std::optional<Trace> decode(TraceRow const& row);

  private:
    void decode(std::vector<TraceRow> const& rows, TracePage& page);
    [[nodiscard]] std::vector<RowId> series_of(TraceQuery const& query);
    [[nodiscard]] std::vector<TraceRow> rows_of(TraceQuery const& query,
                                                std::optional<RowKey> const& after);
    [[nodiscard]] std::vector<TraceRow> latest_of(TraceQuery const& query,
                                                  std::optional<RowKey> const& after);
    [[nodiscard]] std::optional<TraceRow> row_of(Uuid const& id);

    Database& database_;
    Names& names_;
    RecordReader records_;
    NewestFirst newest_first_;
    Statement series_of_probe_;
    Statement series_of_measurement_;
    Statement series_of_both_;
    Statement by_moment_;
    Statement by_other_id_;
    Statement total_;
};

}  // namespace dtrace::store
