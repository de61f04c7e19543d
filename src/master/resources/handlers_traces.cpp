#include "resources/handlers_traces.hpp"

#include "api/answers.hpp"
#include "api/measurement_query.hpp"
#include "api/query_parameters.hpp"
#include "resources/trace_forms.hpp"
#include "resources/views_catalog.hpp"

#include <dtrace/json/write.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dtrace::master {

namespace {

/// Traces beyond which a page is written on the pool.
constexpr std::size_t long_page = 50;

// Of a page of traces in a form that has no place for `next` and `unreadable`.
constexpr std::string_view next_header = "Next-Cursor";
constexpr std::string_view unreadable_header = "Unreadable-Traces";

std::string page_text(TraceForm form, TraceList const& list) {
    return form == TraceForm::json ? json::write(list) : written_as(form, list.traces);
}

http::Response answer_as(TraceForm form, std::string body) {
    return {
        .status = 200, .headers = {{"Content-Type", content_type(form)}}, .body = std::move(body)};
}

}  // namespace

boost::asio::awaitable<http::Response> get_traces(Api& api, http::Request const& request) {
    QueryParameters query(request.query, {"probe", "measurement", "from", "to", "latest", "limit",
                                          "cursor", "format"});
    auto wanted = read_listing<store::TraceQuery>(query, api.board);
    wanted.latest = query.boolean("latest").value_or(false);
    auto const form = read_form(query);
    if (query.fault()) co_return *query.fault();
    auto page = co_await api.store.traces().find(std::move(wanted));
    if (!page) co_return no_page(query, page.error());
    TraceList list{.traces = std::move(page->traces),
                   .next = std::nullopt,
                   .unreadable = unless_none(page->unreadable.count)};
    if (!page->next.empty()) list.next = std::move(page->next);
    std::string text;
    if (list.traces.size() <= long_page) {
        text = page_text(form, list);
    } else {
        auto written = co_await async::offload(api.workers, [&] { return page_text(form, list); });
        if (!written)
            co_return try_later(503, "Too much to do", "try again, or with a smaller limit",
                                seconds(1));
        text = *std::move(written);
    }
    auto response = answer_as(form, std::move(text));
    if (form == TraceForm::json) co_return response;
    if (list.next) response.headers.set(next_header, *list.next);
    if (list.unreadable) response.headers.set(unreadable_header, std::to_string(*list.unreadable));
    co_return response;
}

boost::asio::awaitable<http::Response> get_trace(Api& api, http::Request const& request) {
    QueryParameters query(request.query, {"format"});
    auto const form = read_form(query);
    if (query.fault()) co_return *query.fault();
    auto const id = parse<Uuid>(request.path_parameters.at("id"));
    if (!id) co_return http::problem(400, "Wrong trace id", id.error().message, "id");
    auto const trace = co_await api.store.traces().get(*id);
    if (!trace) co_return store_failed(trace.error());
    if (!*trace) co_return http::problem(404, "No such trace", to_text(*id));
    if (form == TraceForm::json) co_return http::json_response(json::write(**trace));
    co_return answer_as(form, written_as(form, {**trace}));
}

}  // namespace dtrace::master
