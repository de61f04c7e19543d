#include "resources/handlers_events.hpp"

#include "api/answers.hpp"
#include "api/measurement_query.hpp"
#include "api/query_parameters.hpp"
#include "resources/views_culprits.hpp"

#include <dtrace/json/write.hpp>

#include <optional>
#include <utility>

namespace dtrace::master {

namespace {

std::optional<EventKind> read_kind(QueryParameters& query) {
    auto const text = query.text("kind");
    if (!text) return std::nullopt;
    auto const kind = parse<EventKind>(*text);
    if (kind) return *kind;
    query.refuse("kind", kind.error().message);
    return std::nullopt;
}

store::EventQuery read_event_query(QueryParameters& query, AssignmentBoard const& board) {
    store::EventQuery wanted;
    wanted.kind = read_kind(query);
    wanted.measurement = read_measurement(query, board);
    wanted.probe = query.text("probe");
    auto const range = read_time_range(query);
    wanted.from = range.from;
    wanted.to = range.to;
    wanted.limit =
        static_cast<std::uint32_t>(query.number("limit", 1, largest_page).value_or(wanted.limit));
    wanted.cursor = query.text("cursor").value_or("");
    return wanted;
}

}  // namespace

boost::asio::awaitable<http::Response> get_events(Api& api, http::Request const& request) {
    QueryParameters query(request.query,
                          {"kind", "measurement", "probe", "from", "to", "limit", "cursor"});
    auto wanted = read_event_query(query, api.board);
    if (query.fault()) co_return *query.fault();
    auto page = co_await api.store.events().find(std::move(wanted));
    if (!page) {
        if (page.error().code != boost::system::errc::invalid_argument)
            co_return store_failed(page.error());
        query.refuse("cursor", "must be the next of an earlier answer");
        co_return *query.fault();
    }
    EventList list{.events = std::move(page->events), .next = std::nullopt};
    if (!page->next.empty()) list.next = std::move(page->next);
    co_return http::json_response(json::write(list));
}

}  // namespace dtrace::master
