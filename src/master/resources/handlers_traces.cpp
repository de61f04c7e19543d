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

store::TraceQuery read_trace_query(QueryParameters& query, AssignmentBoard const& board) {
    store::TraceQuery wanted;
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

}  // namespace

boost::asio::awaitable<http::Response> get_traces(Api& api, http::Request const& request) {
    QueryParameters query(request.query, {"probe", "measurement", "from", "to", "limit", "cursor"});
    auto wanted = read_trace_query(query, api.board);
    if (query.fault()) co_return *query.fault();
    auto page = co_await api.store.traces().find(std::move(wanted));
    if (!page) {
        if (page.error().code != boost::system::errc::invalid_argument)
            co_return store_failed(page.error());
        query.refuse("cursor", "must be the next of an earlier answer");
        co_return *query.fault();
    }
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
