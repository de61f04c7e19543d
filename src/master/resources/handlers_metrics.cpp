#include "resources/handlers_metrics.hpp"

#include "api/answers.hpp"
#include "api/counted.hpp"
#include "api/query_parameters.hpp"
#include "metrics/exposition.hpp"
#include "metrics/snapshot.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/async/use_result.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

/// Others get their turn after so many.
constexpr std::size_t cells_in_a_row = 500;
constexpr std::size_t most_scrapes = 2;

http::Response too_many_scrapes() {
    return try_later(503, "Too much to do", "the metrics are being written for others", seconds(1));
}

std::vector<ProbeFigures> probe_figures(Api const& api) {
    auto const now = Clock::now();
    std::vector<ProbeFigures> probes;
    for (auto& name : api.book.names()) {
        ProbeFigures probe{.name = std::move(name)};
        if (auto const* const activity = api.activity.find(probe.name)) {
            probe.online = api.activity.is_online(probe.name, now);
            probe.last_seen = activity->last_seen;
            probe.last_report = activity->last_report;
            probe.traces = activity->traces;
        }
        probes.push_back(std::move(probe));
    }
    return probes;
}

asio::awaitable<LatestFigures> latest_figures(Api& api) {
    std::map<Uuid, std::string> names;
    for (auto const& measurement : api.board.measurements())
        names.emplace(measurement.id, measurement.name);
    LatestFigures figures(names, api.figures.max_pairs);
    auto const executor = co_await asio::this_coro::executor;
    std::optional<LatestRounds::Key> last;
    for (;;) {
        auto const cells = api.latest.cells_after(last, cells_in_a_row);
        figures.add(cells);
        if (cells.size() < cells_in_a_row) co_return figures;
        last = {cells.back().probe, cells.back().measurement};
        co_await asio::post(executor, async::as_result);
    }
}

asio::awaitable<MetricsSnapshot> take_snapshot(Api& api) {
    auto latest = co_await latest_figures(api);
    auto const counts = co_await api.store.traces().counts();
    auto const culprits = co_await api.store.events().open_culprits();
    MetricsSnapshot snapshot{.started_at = api.started_at,
                             .probes = probe_figures(api),
                             .measurements = api.board.measurements().size(),
                             .latest = std::move(latest),
                             .reports = api.ingest.counters(),
                             .probe_logins = api.login.counters(),
                             .user_logins = api.user_passwords.counters(),
                             .watch = api.watch.counters(),
                             .events = api.figures.events,
                             .open_culprits = culprits ? std::optional(*culprits) : std::nullopt,
                             .alerts = api.alerts.statuses(),
                             .store_ok = !api.store.trouble(),
                             .store = counts ? std::optional(*counts) : std::nullopt,
                             .store_load = api.store.load(),
                             .http = api.figures.http,
                             .server = api.figures.server(),
                             .long_polls = api.activity.polls(),
                             .live_listeners = api.live.listeners()};
    snapshot.queues = {{"reports", api.ingest.waiting()},
                       {"watch", api.watch.waiting()},
                       {"workers", api.workers.counters().waiting},
                       {"logins", api.password_pool.counters().waiting},
                       {"store_writes", snapshot.store_load.waiting_writes},
                       {"store_reads", snapshot.store_load.waiting_reads}};
    co_return snapshot;
}

asio::awaitable<http::Response> get_metrics(Api& api, http::Request const& request) {
    QueryParameters const query(request.query, {});
    if (query.fault()) co_return *query.fault();
    if (api.figures.scrapes_under_way >= most_scrapes) co_return too_many_scrapes();
    Counted const counted(api.figures.scrapes_under_way);
    auto const snapshot = co_await take_snapshot(api);
    auto const format = metric_format(request.headers.find("Accept").value_or(""));
    auto text = co_await async::offload(
        api.workers, [&snapshot, format] { return write_metrics(snapshot, format); });
    if (!text) co_return too_many_scrapes();
    http::Response response;
    response.headers.set("Content-Type", content_type(format));
    response.headers.set("Vary", "Accept");
    response.body = *std::move(text);
    co_return response;
}

}  // namespace

std::vector<ApiRoute> metrics_rows() {
    ApiRoute row{http::Verb::get, "/metrics", "figures for Prometheus", Access::scraper,
                 get_metrics};
    return {std::move(row)
                .gives_other({"text/plain", nullptr})
                .gives_other({"application/openmetrics-text", nullptr})};
}

}  // namespace dtrace::master
