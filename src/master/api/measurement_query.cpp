#include "api/measurement_query.hpp"

#include "api/answers.hpp"

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

http::Response no_page(QueryParameters& query, Error const& error) {
    if (error.code != boost::system::errc::invalid_argument) return store_failed(error);
    query.refuse("cursor", "must be the next of an earlier answer");
    return *query.fault();
}

}  // namespace dtrace::master
