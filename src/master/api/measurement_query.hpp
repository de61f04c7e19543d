#pragma once

#include "api/query_parameters.hpp"
#include "catalog/assignment_board.hpp"

#include <dtrace/core/uuid.hpp>

#include <optional>

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

}  // namespace dtrace::master
