#include "resources/handlers_traces.hpp"

#include "api/answers.hpp"
#include "api/measurement_query.hpp"
#include "api/query_parameters.hpp"
#include "resources/views_catalog.hpp"

#include <dtrace/json/write.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::master {

namespace {

/// Traces beyond which a page is written on the pool.
constexpr std::size_t long_page = 50;

}  // namespace

boost::asio::awaitable<http::Response> get_traces(Api& api, http::Request const& request) {
    QueryParameters query(request.query,
                          {"probe", "measurement", "from", "to", "latest", "limit", "cursor"});
    auto wanted = read_listing<store::TraceQuery>(query, api.board);
    wanted.latest = query.boolean("latest").value_or(false);
    if (query.fault()) co_return *query.fault();
    auto page = co_await api.store.traces().find(std::move(wanted));
    if (!page) co_return no_page(query, page.error());
    TraceList list{.traces = std::move(page->traces), .next = std::nullopt};
    if (!page->next.empty()) list.next = std::move(page->next);
    if (list.traces.size() <= long_page) co_return http::json_response(json::write(list));
    auto text = co_await async::offload(api.workers, [&list] { return json::write(list); });
    if (!text)
        co_return try_later(503, "Too much to do", "try again, or with a smaller limit",
                            seconds(1));
    co_return http::json_response(std::move(*text));
}

boost::asio::awaitable<http::Response> get_trace(Api& api, http::Request const& request) {
    QueryParameters const query(request.query, {});
    if (query.fault()) co_return *query.fault();
    auto const id = parse<Uuid>(request.path_parameters.at("id"));
    if (!id) co_return http::problem(400, "Wrong trace id", id.error().message, "id");
    auto const trace = co_await api.store.traces().get(*id);
    if (!trace) co_return store_failed(trace.error());
    if (!*trace) co_return http::problem(404, "No such trace", to_text(*id));
    co_return http::json_response(json::write(**trace));
}

}  // namespace dtrace::master
