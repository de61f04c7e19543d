#include "resources/handlers_status.hpp"

#include "api/answers.hpp"
#include "api/query_parameters.hpp"
#include "resources/views_status.hpp"

#include <dtrace/core/version.hpp>
#include <dtrace/json/write.hpp>

#include <algorithm>
#include <string>

namespace dtrace::master {

namespace {

boost::asio::awaitable<StoreStatus> store_status(Api& api) {
    auto const counts = co_await api.store.traces().counts();
    auto const trouble = counts ? api.store.trouble() : counts.error();
    StoreStatus status;
    status.ok = !trouble;
    if (trouble) status.reason = trouble->message;
    if (counts) {
        status.traces = counts->traces;
        status.bytes = counts->bytes;
    }
    co_return status;
}

}  // namespace

/// Asks nothing of the store: a balancer's question must not wait behind long queries.
boost::asio::awaitable<http::Response> get_health(Api& api, http::Request const&) {
    auto const trouble = api.store.trouble();
    if (!trouble) co_return http::json_response(R"({"status":"ok"})");
    co_return try_later(503, "The database is in trouble", trouble->message, seconds(10));
}

boost::asio::awaitable<http::Response> get_status(Api& api, http::Request const& request) {
    QueryParameters const query(request.query, {});
    if (query.fault()) co_return *query.fault();
    Status status;
    status.store = co_await store_status(api);
    auto const now = Clock::now();
    auto const names = api.book.names();
    status.version = version;
    status.started_at = api.started_at;
    status.uptime_s =
        static_cast<std::uint64_t>(std::chrono::duration_cast<seconds>(now - api.started).count());
    status.probes.known = names.size();
    status.probes.online = static_cast<std::uint64_t>(std::ranges::count_if(
        names, [&](auto const& name) { return api.activity.is_online(name, now); }));
    status.measurements = api.definitions.measurements().size();
    status.reports = api.ingest.counters();
    status.logins = api.login.counters();
    status.user_logins = api.user_passwords.counters();
    status.watch = api.watch.counters();
    status.config_files = api.config.states();
    if (auto alerts = api.alerts.state()) status.config_files.push_back(*std::move(alerts));
    co_return http::json_response(json::write(status));
}

}  // namespace dtrace::master
