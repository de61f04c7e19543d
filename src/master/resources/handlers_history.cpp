#include "resources/handlers_history.hpp"

#include "api/answers.hpp"
#include "api/measurement_query.hpp"
#include "api/query_parameters.hpp"
#include "resources/views_history.hpp"

#include <dtrace/json/write.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::master {

namespace {

using store::HistoryQuery;
using store::Rollup;
using store::RollupAt;
using Step = HistoryStep;

constexpr std::int64_t hour_s = 3600;
constexpr std::int64_t day_s = 24 * hour_s;
constexpr std::uint64_t longest_step_s = 31 * day_s;
constexpr std::int64_t most_roll_ups = 10'000;  ///< read for one answer
constexpr std::int64_t most_with_hops = 2'500;

std::optional<RttSummary> summary_of(store::RttHistogram const& rtt) {
    if (rtt.count() == 0) return std::nullopt;
    return RttSummary{.min = rtt.min(),
                      .p50 = rtt.quantile(0.5),
                      .p90 = rtt.quantile(0.9),
                      .p99 = rtt.quantile(0.99),
                      .max = rtt.max()};
}

/// The most frequent first.
std::vector<PathTimes> paths_of(Rollup const& rollup) {
    std::vector<PathTimes> paths;
    for (auto const& [hops, times] : rollup.paths) {
        PathTimes& path = paths.emplace_back();
        path.times = times;
        for (auto const& hop : hops)
            path.hops.push_back(hop ? to_text(*hop) : "*");
    }
    std::ranges::stable_sort(paths, std::greater<>(), &PathTimes::times);
    return paths;
}

std::vector<HopSummary> hop_summaries_of(Rollup const& rollup) {
    std::vector<HopSummary> hops;
    for (auto const& [ttl, hop] : rollup.hops)
        hops.push_back({.ttl = ttl,
                        .sent = hop.sent,
                        .answered = hop.answered,
                        .rtt_us = summary_of(hop.rtt)});
    return hops;
}

Step step_of(Timestamp start, Rollup const& rollup, bool hops) {
    return {.start = start,
            .traces = rollup.traces,
            .reached = rollup.reached,
            .failed = rollup.failed,
            .sent = rollup.sent,
            .answered = rollup.answered,
            .rtt_us = summary_of(rollup.rtt),
            .paths = paths_of(rollup),
            .other_paths = rollup.other_paths,
            .hops = hops ? std::optional(hop_summaries_of(rollup)) : std::nullopt};
}

/// Steps begin at multiples of their length since 1970: days at midnight UTC.
std::vector<Step> in_steps(std::vector<RollupAt> const& rollups, seconds length, bool hops) {
    std::vector<Step> steps;
    Rollup sum;
    std::optional<Timestamp> start;
    auto const finish = [&] {
        if (start) steps.push_back(step_of(*start, sum, hops));
        sum = Rollup();
    };
    for (auto const& [begin, rollup] : rollups) {
        auto const since = std::chrono::floor<seconds>(begin.time_since_epoch());
        Timestamp const own(since - since % length);
        if (start != own) finish();
        start = own;
        sum.add(rollup);
    }
    finish();
    return steps;
}

/// Whatever the step: hours are read one by one, and so are days.
void limit_range(QueryParameters& query, HistoryQuery const& wanted) {
    auto const most = wanted.hops ? most_with_hops : most_roll_ups;
    if (wanted.to - wanted.from <= seconds(most * (wanted.days ? day_s : hour_s))) return;
    auto const limit = "is more than " + std::to_string(most);
    query.refuse("from", limit + (wanted.days ? " days before `to`"
                                              : " hours before `to`: ask for steps of whole days"));
}

}  // namespace

boost::asio::awaitable<http::Response> get_history(Api& api, http::Request const& request) {
    QueryParameters query(request.query, {"probe", "measurement", "from", "to", "step", "hops"});
    auto const series = read_series_range(query, api.board, std::chrono::days(7));
    auto const step =
        static_cast<std::int64_t>(query.number("step", hour_s, longest_step_s).value_or(hour_s));
    if (step % hour_s != 0) query.refuse("step", "must be whole hours, in seconds");
    bool const hops = query.boolean("hops").value_or(false);
    HistoryQuery wanted{.probe = series.probe,
                        .measurement = series.measurement,
                        .from = series.from,
                        .to = series.to,
                        .days = step % day_s == 0,
                        .hops = hops};
    limit_range(query, wanted);
    if (query.fault()) co_return *query.fault();
    auto const found = co_await api.store.traces().history(std::move(wanted));
    if (!found) co_return store_failed(found.error());
    auto text = co_await async::offload(api.workers, [&] {
        return json::write(History{.probe = series.probe,
                                   .measurement = series.measurement,
                                   .step_s = step,
                                   .history = in_steps(found->rollups, seconds(step), hops),
                                   .unreadable = unless_none(found->unreadable.count)});
    });
    if (!text) co_return try_later(503, "Too much to do", "try again", seconds(1));
    co_return http::json_response(std::move(*text));
}

}  // namespace dtrace::master
