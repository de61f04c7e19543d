#include "api_fixture.hpp"
#include "metrics/exposition_reader.hpp"
#include "sample_traces.hpp"

#include <dtrace/async/task_group.hpp>
#include <dtrace/http/client.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/master/master_service.hpp>
#include <dtrace/model/report.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace dtrace;
using namespace dtrace::test;
namespace asio = boost::asio;

namespace {

constexpr std::string_view only_target = "76d96640-d357-47b3-ba50-5248a7604bc9";

std::string one_target_file(std::string const& name) {
    return R"({"ReportURL":"http://localhost:8990/results/post","Targets":{")" +
           std::string(only_target) + R"(":{"Name":")" + name +
           R"(","Address":"192.0.2.9"}},"Retries":1})";
}

/// A whole master over SQLite in a folder of its own, asked over real HTTP on the loopback.
struct MasterServiceFixture : IoFixture {
    TempDir dir;
    LogCapture log;
    std::vector<http::AccessEntry> accesses;
    http::Client client{io.get_executor(), {.user_agent = "dtrace-node/0.1.0"}};
    Port port = 0;
    std::string local_secret;

    MasterServiceFixture() {
        write_file(dir / "probes.json", R"({"Slaves":[{"Name":"n1","Password":"one-secret"}]})");
        write_file(dir / "targets.json", one_target_file("First"));
    }

    master::MasterOptions options() {
        master::MasterOptions options;
        options.listen = "127.0.0.1";
        options.port = 0;
        options.probes_file = dir / "probes.json";
        options.targets_file = dir / "targets.json";
        options.probes_file_required = options.targets_file_required = true;
        options.public_read = true;
        return options;
    }

    /// One life of the master, around `script`.
    template <class F>
    void live(F script) {
        run([&]() -> asio::awaitable<void> {
            auto store = store::open_store(dir / "dtrace.db", io.get_executor(), log);
            BOOST_REQUIRE_MESSAGE(store.has_value(), (store ? "" : store.error().message));
            async::WorkerPool workers({.name = "workers"});
            master::MasterService service(
                io.get_executor(), options(), **store, workers, log,
                [&](http::AccessEntry const& entry) { accesses.push_back(entry); });
            local_secret = service.add_local_probe("local");
            auto const opened = co_await service.open();
            BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
            port = service.local_port();
            async::TaskGroup tasks(io.get_executor(), log);
            tasks.spawn("master", service.run());
            co_await script(service);
            co_await tasks.join(seconds(5));
        });
    }

    http::ClientRequest request(std::string target) const {
        http::ClientRequest request;
        request.url = {.host = "127.0.0.1", .port = port, .target = std::move(target)};
        request.timeout = seconds(50);  // a long poll that nothing ends takes 60 s
        return request;
    }

    http::ClientRequest as(std::string name, std::string secret, std::string target) const {
        auto result = request(std::move(target));
        result.headers.set("Authorization",
                           http::basic_authorization({std::move(name), std::move(secret)}));
        return result;
    }

    asio::awaitable<http::ClientResponse> send(http::ClientRequest request) {
        auto response = co_await client.request(std::move(request));
        BOOST_REQUIRE_MESSAGE(response.has_value(), (response ? "" : response.error().message));
        co_return *std::move(response);
    }

    asio::awaitable<http::ClientResponse> get(std::string target) {
        return send(request(std::move(target)));
    }

    asio::awaitable<Assignment> assignment(std::string query) {
        auto asked = as("n1", "one-secret", "/api/v1/probe/assignment" + query);
        auto const response = co_await send(std::move(asked));
        BOOST_TEST(response.status == 200U);
        co_return json::read<Assignment>(response.body, json::UnknownKeys::refuse).value();
    }

    asio::awaitable<ReportReceipt> report(std::string body) {
        auto asked = as("n1", "one-secret", "/api/v1/probe/reports");
        asked.verb = http::Verb::post;
        asked.body = std::move(body);
        auto const response = co_await send(std::move(asked));
        BOOST_TEST(response.status == 200U, response.body);
        co_return json::read<ReportReceipt>(response.body, json::UnknownKeys::refuse).value();
    }
};

}  // namespace

namespace {

/// Whose upkeep is a bug.
struct FailingStore : MemoryStore {
    asio::awaitable<Result<store::UpkeepStep>> upkeep(store::UpkeepRule, Timestamp) override {
        throw std::runtime_error("no such luck");
        co_return store::UpkeepStep{};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(master_service, MasterServiceFixture)

BOOST_AUTO_TEST_CASE(the_metrics_tell_what_came_over_the_network) {
    live([&](master::MasterService&) -> asio::awaitable<void> {
        for (int i = 0; i < 3; ++i)
            co_await report("[" + json::write(sample_trace("n1", *parse<Uuid>(only_target))) + "]");
        co_await get("/nowhere");
        auto const answer = co_await get("/metrics");
        BOOST_TEST(answer.status == 200U);
        ExpositionReader const read(answer.body);
        auto const requests = [&](char const* route, char const* method, char const* status) {
            return read.value("dtrace_http_requests_total",
                              {{"route", route}, {"method", method}, {"status", status}});
        };
        BOOST_TEST(requests("/api/v1/probe/reports", "POST", "200") == 3);
        BOOST_TEST(requests("none", "GET", "404") == 1);
        BOOST_TEST(read.value("dtrace_http_connections_accepted_total") >= 1);
        BOOST_TEST(read.value("dtrace_http_connections") >= 1);
        BOOST_TEST(read.value("dtrace_store_traces") == 3);
        BOOST_TEST(read.value("dtrace_store_commit_duration_seconds_count") >= 3);
        BOOST_TEST(read.count("dtrace_round_reached") == 1U);
    });
}

BOOST_AUTO_TEST_CASE(a_trace_goes_in_and_comes_out_and_is_there_after_a_restart) {
    auto const trace = sample_trace("n1", *parse<Uuid>(only_target));
    std::uint64_t revision = 0;
    live([&](master::MasterService&) -> asio::awaitable<void> {
        auto const work = co_await assignment("?after=0&wait=50");
        revision = work.revision;
        BOOST_TEST(work.probe == "n1");
        BOOST_TEST(!work.report_url);
        BOOST_REQUIRE(work.measurements.size() == 1);
        BOOST_TEST(work.measurements.front().parameters.attempts == 2);

        auto const receipt = co_await report("[" + json::write(trace) + "]");
        BOOST_TEST(receipt.accepted == 1U);
    });
    live([&](master::MasterService&) -> asio::awaitable<void> {
        auto const work = co_await assignment("");
        BOOST_TEST(work.revision == revision);
        auto const receipt = co_await report(json::write(trace));
        BOOST_TEST(receipt.known == 1U);
        auto const one = co_await get("/api/v1/traces/" + to_text(trace.id));
        BOOST_TEST(one.status == 200U, one.body);
        BOOST_TEST((*json::read<Trace>(one.body, json::UnknownKeys::refuse) == trace));
        auto const page = co_await get("/api/v1/traces?probe=n1&measurement=First&limit=10");
        BOOST_TEST(boost::json::parse(page.body).at("traces").as_array().size() == 1U);
        auto const health = co_await get("/healthz");
        BOOST_TEST(health.status == 200U);
    });
    BOOST_TEST(!contains(log.text(), "one-secret"));
    BOOST_TEST(accesses.size() >= 7U);
}

BOOST_AUTO_TEST_CASE(a_long_poll_is_answered_when_the_file_changes) {
    live([&](master::MasterService&) -> asio::awaitable<void> {
        auto const before = co_await assignment("");
        asio::post(io, [&] { write_file(dir / "targets.json", one_target_file("Second")); });
        auto const after = co_await assignment("?wait=60&after=" + std::to_string(before.revision));
        BOOST_TEST(after.measurements.front().name == "Second");
        BOOST_TEST(after.revision != before.revision);
    });
}

BOOST_AUTO_TEST_CASE(what_is_gone_from_the_file_is_still_taken_after_a_restart) {
    auto const trace = sample_trace("n1", *parse<Uuid>(only_target));
    live([&](master::MasterService&) -> asio::awaitable<void> { co_await assignment(""); });
    write_file(dir / "targets.json", R"({"Targets":{}})");
    for (int restart = 0; restart < 2; ++restart)
        live([&](master::MasterService&) -> asio::awaitable<void> {
            auto const work = co_await assignment("");
            BOOST_TEST(work.measurements.empty());
            auto const receipt = co_await report(json::write(trace));
            BOOST_TEST(receipt.accepted + receipt.known == 1U);
        });
}

BOOST_AUTO_TEST_CASE(a_reload_is_asked_for_and_a_broken_file_shows_in_the_status) {
    live([&](master::MasterService& service) -> asio::awaitable<void> {
        write_file(dir / "targets.json", R"({"Targets":{},"Retries":99})");
        service.reload();
        async::Wakeup pause(io.get_executor());
        boost::json::value status;
        for (;;) {
            auto const response = co_await get("/api/v1/status");
            status = boost::json::parse(response.body);
            if (status.at("config_files").at(1).at("state").as_string() == "refused") break;
            co_await pause.wait(Clock::now() + milliseconds(10));
        }
        auto const& file = status.at("config_files").at(1);
        BOOST_TEST(file.at("state").as_string() == "refused");
        BOOST_TEST(file.at("file").as_string() == (dir / "targets.json").string());
        BOOST_TEST(file.at("fault").at("path").as_string() == "Retries");
        BOOST_TEST(file.at("entries").as_int64() == 1);
        auto const work = co_await assignment("");
        BOOST_TEST(work.measurements.size() == 1U);
    });
}

BOOST_AUTO_TEST_CASE(the_local_probe_gets_in_by_its_random_secret) {
    live([&](master::MasterService&) -> asio::awaitable<void> {
        auto const path = "/api/v1/probe/assignment";
        BOOST_TEST(local_secret.size() >= 32U);
        auto const own = co_await send(as("local", local_secret, path));
        BOOST_TEST(own.status == 200U);
        BOOST_TEST(contains(own.body, "\"First\""));
        auto const wrong = co_await send(as("local", "x", path));
        BOOST_TEST(wrong.status == 401U);
        auto const response = co_await get("/api/v1/probes");
        auto const probes = boost::json::parse(response.body);
        auto const& list = probes.at("probes").as_array();
        BOOST_REQUIRE(list.size() == 2);
        BOOST_TEST(list[0].at("name").as_string() == "local");
        BOOST_TEST(list[0].at("address").as_string() == "127.0.0.1");
        BOOST_TEST(list[0].at("version").as_string() == "0.1.0");
    });
    auto const first_secret = local_secret;
    live([&](master::MasterService&) -> asio::awaitable<void> { co_return; });
    BOOST_TEST(first_secret != local_secret);
    BOOST_TEST(!contains(log.text(), first_secret));
}

BOOST_AUTO_TEST_CASE(a_stop_ends_long_polls_at_once) {
    std::optional<http::ClientResponse> response;
    std::string target;
    auto const poll = [&]() -> asio::awaitable<void> {
        response = co_await send(as("n1", "one-secret", target));
    };
    async::TaskGroup others(io.get_executor(), log);
    live([&](master::MasterService&) -> asio::awaitable<void> {
        auto const work = co_await assignment("");
        target = "/api/v1/probe/assignment?wait=60&after=" + std::to_string(work.revision);
        others.spawn("poll", poll());
        co_await get("/healthz");  // over a later connection: the poll is there now
    });
    run([&]() -> asio::awaitable<void> { BOOST_TEST(co_await others.wait_until_empty()); });
    BOOST_REQUIRE(response);
    BOOST_TEST((response->status == 204U || response->status == 503U));
}

BOOST_AUTO_TEST_CASE(a_broken_file_at_start_is_a_clear_error) {
    write_file(dir / "probes.json", R"({"Slaves":[{"Name":"n1"}]})");
    run([&]() -> asio::awaitable<void> {
        auto store = store::open_store(dir / "dtrace.db", io.get_executor(), log);
        BOOST_REQUIRE(store.has_value());
        async::WorkerPool workers({.name = "workers"});
        master::MasterService service(io.get_executor(), options(), **store, workers, log);
        auto const opened = co_await service.open();
        BOOST_REQUIRE(!opened.has_value());
        BOOST_TEST(opened.error().message ==
                   (dir / "probes.json").string() +
                       ": Slaves[0].Password: is required (or PasswordHash)");
    });
}

BOOST_AUTO_TEST_CASE(a_part_that_fails_ends_the_master) {
    FailingStore store;
    async::WorkerPool workers({.name = "workers"});
    run([&]() -> asio::awaitable<void> {
        master::MasterService service(io.get_executor(), options(), store, workers, log);
        auto const opened = co_await service.open();
        BOOST_REQUIRE(opened.has_value());
        co_await service.run();  // nobody stops it
    });
    auto const event = log.find("task failed");
    BOOST_REQUIRE(event.has_value());
    BOOST_TEST(event->field("task") == "upkeep");
    BOOST_TEST(event->field("reason") == "no such luck");
}

BOOST_AUTO_TEST_SUITE_END()
