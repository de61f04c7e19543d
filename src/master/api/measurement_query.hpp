#pragma once

#include "api/query_parameters.hpp"
#include "catalog/assignment_board.hpp"

#include <dtrace/core/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace dtrace::master {

/// `measurement`: by id, also one that nothing is known of any more, or by name.
[[nodiscard]] std::optional<Uuid> read_measurement(QueryParameters& query,
                                                   AssignmentBoard const& board);

struct TimeRange {
    std::optional<Timestamp> from;
    std::optional<Timestamp> to;
};

/// `from` and `to`, which must be after it.
[[nodiscard]] TimeRange read_time_range(QueryParameters& query);

/// What one probe has to tell of one measurement.
struct SeriesRange {
    std::string probe;
    Uuid measurement;
    Timestamp from;
    Timestamp to;
};

/// `probe` and `measurement`, which are required, `to` (now) and `from` (`usual` before).
[[nodiscard]] SeriesRange read_series_range(QueryParameters& query, AssignmentBoard const& board,
                                            seconds usual);

/// What the listings of traces and of events have in common; Query: the store's.
template <class Query>
[[nodiscard]] Query read_listing(QueryParameters& query, AssignmentBoard const& board) {
    Query wanted;
    wanted.probe = query.text("probe");
    wanted.measurement = read_measurement(query, board);
    auto const range = read_time_range(query);
    wanted.from = range.from;
    wanted.to = range.to;
    wanted.limit =
        static_cast<std::uint32_t>(query.number("limit", 1, largest_page).value_or(wanted.limit));
    wanted.cursor = query.text("cursor").value_or("");
    return wanted;
}

}  // namespace dtrace::master
