#pragma once

#include "alerts/alerts.hpp"
#include "certificate.hpp"
#include "config/watched_files.hpp"
#include "io_fixture.hpp"
#include "log_capture.hpp"
#include "memory_store.hpp"
#include "temp_dir.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/http/server.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <boost/test/unit_test.hpp>

#include <deque>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace dtrace::test {

/// Alerts over a store in memory, and a receiver that answers what the test wants.
struct AlertsFixture : IoFixture {
    MemoryStore store;
    LogCapture log;
    TempDir dir;
    async::WorkerPool workers{{.name = "workers", .threads = 1}};
    std::vector<http::Request> got;
    std::deque<unsigned> answers;  ///< the next ones; then 204
    std::string retry_after;       ///< of those that are no 204
    bool silent = false;           ///< answers wait until it is false again
    std::function<std::set<std::string>(Event const&)> tags_of = [](Event const&) {
        return std::set<std::string>();
    };
    std::vector<double> marks;
    Duration between_groups = std::chrono::hours(1);
    std::shared_ptr<http::TlsServer> tls;
    Port port = 0;
    http::Router router{{{http::Verb::post, "/{hook}", "takes alerts",
                          [this](http::Request const& request) { return take(request); }}}};

    boost::asio::awaitable<http::Response> take(http::Request const& request) {
        got.push_back(request);
        while (silent)
            co_await async::sleep_for(milliseconds(1));
        http::Response response{.status = 204, .headers = {}, .body = {}};
        if (!answers.empty()) {
            response.status = answers.front();
            answers.pop_front();
            if (!retry_after.empty()) response.headers.set("Retry-After", retry_after);
        }
        co_return response;
    }

    /// What the receiver got, as it reads it.
    master::AlertMessage message(std::size_t i) const {
        auto read = json::read<master::AlertMessage>(got.at(i).body, json::UnknownKeys::refuse);
        BOOST_REQUIRE_MESSAGE(read, got.at(i).body);
        return *std::move(read);
    }
    std::vector<std::string> texts() const {
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < got.size(); ++i)
            texts.push_back(message(i).text);
        return texts;
    }

    std::string url(std::string const& path = "/hook") const {
        return (tls ? "https" : "http") + std::string("://127.0.0.1:") + std::to_string(port) +
               path;
    }

    /// Receivers, each by its members but the address: `"Name":"ops"`.
    void write_receivers(std::vector<std::string> const& receivers) const {
        std::string text = R"({"Receivers":[)";
        for (auto const& members : receivers)
            text +=
                (text.ends_with('[') ? "{" : ",{") + members +
                (members.find("Url") == std::string::npos ? R"(,"Url":")" + url() + "\"}" : "}");
        write_file(dir / "alerts.json", text + "]}");
    }

    void happen(std::string summary, EventKind kind = EventKind::culprit_opened,
                Timestamp noticed = wall_clock_now()) {
        Event event;
        event.probes = {summary};
        event.id = make_uuid_v7(noticed);
        event.kind = kind;
        event.at = noticed;
        event.summary = std::move(summary);
        store.numbered_events.push_back({store.numbered_events.size() + 1, json::write(event)});
    }

    /// A receiver that listens, around `script`.
    template <class F>
    void listening(F script) {
        run([&]() -> boost::asio::awaitable<void> {
            http::ServerOptions options{.listen = "127.0.0.1", .port = port, .tls = tls};
            http::Server server(io.get_executor(), std::move(options), router, log);
            BOOST_REQUIRE(server.open());
            port = server.local_port();
            async::TaskGroup tasks(io.get_executor(), log);
            tasks.spawn("receiver", server.serve());
            co_await script();
            co_await tasks.join(seconds(5));
        });
    }

    master::Alerts make_alerts() {
        return {io.get_executor(),
                {.file = dir / "alerts.json",
                 .public_url = "https://dtrace.example.net",
                 .between_groups = between_groups},
                {store, workers, log, tags_of,
                 [this](std::vector<double> given) { marks = std::move(given); }}};
    }

    /// One life of the alerts, around `script`; the file is there.
    boost::asio::awaitable<void> alerting(
        std::function<boost::asio::awaitable<void>(master::Alerts&)> script) {
        auto alerts = make_alerts();
        auto const loaded = co_await alerts.load();
        BOOST_REQUIRE_MESSAGE(loaded, (loaded ? "" : loaded.error().message));
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("alerts", alerts.run());
        co_await script(alerts);
        co_await tasks.join(seconds(5));
    }
};

}  // namespace dtrace::test
