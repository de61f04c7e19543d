#include "resources/handlers_rounds.hpp"

#include "api/answers.hpp"
#include "api/measurement_query.hpp"
#include "api/query_parameters.hpp"
#include "resources/views_rounds.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/json/write.hpp>

#include <string>
#include <utility>

namespace dtrace::master {

namespace {

constexpr std::uint64_t most_rounds_listed = 10'000;
constexpr std::uint64_t usual_rounds_listed = 2'000;

RoundList list_of(SeriesRange const& series, store::RoundSeries rounds) {
    RoundList list{.probe = series.probe,
                   .measurement = series.measurement,
                   .started_at = std::move(rounds.started_at),
                   .id = std::move(rounds.id),
                   .target = {.sent = std::move(rounds.target.sent),
                              .answered = std::move(rounds.target.answered),
                              .rtt_us = std::move(rounds.target.rtt_us)},
                   .hops = {},
                   .truncated = rounds.next.has_value(),
                   .next = rounds.next,
                   .unreadable = unless_none(rounds.unreadable.count)};
    for (auto& [ttl, counts] : rounds.hops)
        list.hops.push_back({.ttl = ttl,
                             .sent = std::move(counts.sent),
                             .answered = std::move(counts.answered),
                             .rtt_us = std::move(counts.rtt_us)});
    return list;
}

}  // namespace

boost::asio::awaitable<http::Response> get_rounds(Api& api, http::Request const& request) {
    QueryParameters query(request.query, {"probe", "measurement", "from", "to", "limit"});
    auto const series = read_series_range(query, api.board, std::chrono::days(1));
    auto const limit = query.number("limit", 1, most_rounds_listed).value_or(usual_rounds_listed);
    if (query.fault()) co_return *query.fault();
    store::RoundQuery wanted{.probe = series.probe,
                             .measurement = series.measurement,
                             .from = series.from,
                             .to = series.to,
                             .limit = static_cast<std::uint32_t>(limit)};
    auto rounds = co_await api.store.traces().rounds(std::move(wanted));
    if (!rounds) co_return store_failed(rounds.error());
    auto text = co_await async::offload(
        api.workers, [&] { return json::write(list_of(series, *std::move(rounds))); });
    if (!text) co_return try_later(503, "Too much to do", "try again", seconds(1));
    co_return http::json_response(std::move(*text));
}

}  // namespace dtrace::master
