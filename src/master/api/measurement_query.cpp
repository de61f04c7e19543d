#include "api/measurement_query.hpp"

namespace dtrace::master {

std::optional<Uuid> read_measurement(QueryParameters& query, AssignmentBoard const& board) {
    auto const text = query.text("measurement");
    if (!text) return std::nullopt;
    if (auto const id = parse<Uuid>(*text)) return *id;
    auto const found = board.find_measurement(*text);
    if (!found) query.refuse("measurement", "there is no measurement of this name");
    return found;
}

TimeRange read_time_range(QueryParameters& query) {
    TimeRange range{.from = query.time("from"), .to = query.time("to")};
    if (range.from && range.to && *range.to <= *range.from)
        query.refuse("to", "must be after from");
    return range;
}

}  // namespace dtrace::master
