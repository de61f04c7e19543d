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

SeriesRange read_series_range(QueryParameters& query, AssignmentBoard const& board, seconds usual) {
    if (!query.text("measurement")) query.refuse("measurement", "is required");
    auto const measurement = read_measurement(query, board);
    auto const probe = query.text("probe");
    if (!probe) query.refuse("probe", "is required");
    auto const to = query.time("to").value_or(wall_clock_now());
    auto const from = query.time("from").value_or(to - usual);
    if (to <= from) query.refuse("to", "must be after from");
    return {.probe = probe.value_or(""),
            .measurement = measurement.value_or(Uuid()),
            .from = from,
            .to = to};
}

}  // namespace dtrace::master
