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

}  // namespace

boost::asio::awaitable<http::Response> get_events(Api& api, http::Request const& request) {
    QueryParameters query(request.query,
                          {"kind", "measurement", "probe", "from", "to", "limit", "cursor"});
    auto wanted = read_listing<store::EventQuery>(query, api.board);
    wanted.kind = read_kind(query);
    if (query.fault()) co_return *query.fault();
    auto page = co_await api.store.events().find(std::move(wanted));
    if (!page) co_return no_page(query, page.error());
    EventList list{.events = std::move(page->events),
                   .next = std::nullopt,
                   .unreadable = unless_none(page->unreadable.count)};
    if (!page->next.empty()) list.next = std::move(page->next);
    co_return http::json_response(json::write(list));
}

boost::asio::awaitable<http::Response> get_event(Api& api, http::Request const& request) {
    QueryParameters const query(request.query, {});
    if (query.fault()) co_return *query.fault();
    auto const id = parse<Uuid>(request.path_parameters.at("id"));
    if (!id) co_return http::problem(400, "Wrong event id", id.error().message, "id");
    auto const event = co_await api.store.events().event(*id);
    if (!event) co_return store_failed(event.error());
    if (!*event) co_return http::problem(404, "No such event", to_text(*id));
    co_return http::json_response(json::write(**event));
}

}  // namespace dtrace::master
