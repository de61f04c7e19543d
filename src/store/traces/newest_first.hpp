#pragma once

#include "records/row_key.hpp"
#include "sqlite/sqlite_database.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dtrace::store {

struct TraceRow {
    RowKey key;
    std::string record;
};

/// Which rows of the trace table: those before `before` in descending order, down to `from`.
struct RowRange {
    RowKey before;
    std::int64_t from = INT64_MIN;
    std::size_t limit = 0;
};

/// Which of the last traces of series: those of series behind `after`, in their order.
struct LatestRange {
    RowId after = 0;
    std::int64_t from = INT64_MIN;
    std::int64_t to = INT64_MAX;  ///< before it
    std::size_t limit = 0;
};

/// Lists rows newest first, by (started, series, id).
class NewestFirst {
  public:
    explicit NewestFirst(Database& database);

    /// Of all series, by the table of moments.
    [[nodiscard]] std::vector<TraceRow> of_all(RowRange const& range);

    /// Of some series: each is read in its own order, and always the newest row of all is next.
    /// Costs a look into each series and one more for each `limit / series` rows.
    [[nodiscard]] std::vector<TraceRow> of(std::span<RowId const> series, RowRange const& range);

    // The last one of each series, or of some, series by series: new traces do not shift them.
    [[nodiscard]] std::vector<TraceRow> latest(LatestRange const& range);
    [[nodiscard]] std::vector<TraceRow> latest(std::vector<RowId> series, LatestRange const& range);

  private:
    struct Stream {
        RowId series = 0;
        RowKey before;
        std::deque<TraceRow> rows;
        bool exhausted = false;
    };
    void refill(Stream& stream, RowRange const& range, std::size_t count);

    Statement of_series_;
    Statement moments_;
    Statement of_moment_;
    Statement latest_;
    Statement latest_of_series_;
};

}  // namespace dtrace::store
