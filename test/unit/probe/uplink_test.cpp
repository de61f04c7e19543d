#include "reporting/uplink.hpp"

#include "fake_master.hpp"
#include "io_fixture.hpp"
#include "log_capture.hpp"
#include "temp_dir.hpp"

#include <dtrace/async/deadline.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <set>

using namespace dtrace;
using namespace dtrace::probe;
namespace asio = boost::asio;

namespace {

struct UplinkFixture : test::IoFixture {
    test::TempDir dir;
    test::LogCapture log;
    test::LogCapture master_log;
    async::WorkerPool workers{{.name = "test"}};
    Outbox outbox = Outbox::open(dir / "outbox", {}, log).value();
    UplinkOptions options{
        .report_url = {},
        .credentials = {"n1", secret},
        .gather = milliseconds(5),
        .request_timeout = seconds(5),
        .retry = {.backoff = {milliseconds(8), milliseconds(40)}, .unauthorized = milliseconds(80)},
        .bad_report = {milliseconds(8), milliseconds(40)}};

    ~UplinkFixture() {
        BOOST_TEST(log.text().find(secret) == std::string::npos);
        BOOST_TEST(log.text().find("Basic ") == std::string::npos);
    }

    void put(int first, int last) {
        for (int i = first; i <= last; ++i)
            outbox.put(trace(i));
    }
    static std::string trace(int number) { return "{\"number\":" + std::to_string(number) + "}"; }

    using Story = std::function<asio::awaitable<void>(FakeMaster&, Uplink&)>;

    /// Plays the story beside a running uplink, then finishes it.
    void play(bool listening, Story story) {
        run([&]() -> asio::awaitable<void> {
            auto const executor = co_await asio::this_coro::executor;
            FakeMaster master(executor, master_log);
            master.find_port();
            if (listening) master.start();
            http::Client client(executor);
            options.report_url = master.url().with_target("/api/v1/probe/reports");
            Uplink uplink(executor, client, outbox, workers, options, log);
            async::TaskGroup tasks(executor, log);
            tasks.spawn("uplink", uplink.run());
            co_await story(master, uplink);
            uplink.finish();
            co_await tasks.join(seconds(5));
            co_await master.stop();
        });
    }

    void check_delivered(FakeMaster const& master, int first, int last) {
        std::vector<std::string> expected;
        for (int i = first; i <= last; ++i)
            expected.push_back(trace(i));
        BOOST_TEST(master.delivered == expected, boost::test_tools::per_element());
        BOOST_TEST(outbox.waiting() == 0U);
    }

    asio::awaitable<void> until_empty(FakeMaster& master) {
        while (outbox.waiting() > 0)
            co_await master.changed.wait(Clock::now() + milliseconds(2));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(uplink, UplinkFixture)

BOOST_AUTO_TEST_CASE(traces_arrive_oldest_first_in_bounded_reports) {
    put(1, 250);
    play(true, [&](FakeMaster& master, Uplink& link) -> asio::awaitable<void> {
        co_await until_empty(master);
        put(251, 253);
        link.notify();
        co_await until_empty(master);
        check_delivered(master, 1, 253);
        BOOST_TEST(master.report_sizes == (std::vector<std::size_t>{100, 100, 50, 3}),
                   boost::test_tools::per_element());
        auto const login = http::basic_credentials(master.reports[0]);
        BOOST_REQUIRE(login.has_value());
        BOOST_TEST(login->name == "n1");
        BOOST_TEST(login->secret == secret);
        BOOST_TEST(link.counts().accepted == 253U);
    });
}

BOOST_AUTO_TEST_CASE(a_report_is_bounded_in_bytes) {
    options.report_bytes = 1000;
    for (int i = 0; i < 10; ++i)
        outbox.put("{\"n\":" + std::to_string(i) + ",\"s\":\"" + std::string(300, 'x') + "\"}");
    outbox.put("\"" + std::string(3000, 'y') + "\"");
    play(true, [&](FakeMaster& master, Uplink&) -> asio::awaitable<void> {
        co_await until_empty(master);
        BOOST_TEST(master.report_sizes == (std::vector<std::size_t>{3, 3, 3, 1, 1}),
                   boost::test_tools::per_element());
    });
}

BOOST_AUTO_TEST_CASE(retry_after_is_respected) {
    put(1, 3);
    play(true, [&](FakeMaster& master, Uplink&) -> asio::awaitable<void> {
        auto busy = http::problem(503, "Busy");
        busy.headers.set("Retry-After", "1");
        master.script = {FakeMaster::with(busy)};
        co_await until_empty(master);
        check_delivered(master, 1, 3);
        BOOST_REQUIRE(master.report_times.size() == 2U);
        BOOST_TEST((master.report_times[1] - master.report_times[0] >= seconds(1)));
        BOOST_TEST(log.find("traces not reported, they stay in the outbox")->field("reason") ==
                   "HTTP 503: Busy");
        BOOST_TEST(log.count("reports go through again") == 1U);
    });
}

BOOST_AUTO_TEST_CASE(a_master_that_is_away_is_waited_for) {
    put(1, 20);
    play(false, [&](FakeMaster& master, Uplink& link) -> asio::awaitable<void> {
        while (link.counts().failures < 4)
            co_await async::sleep_for(milliseconds(1));
        BOOST_TEST(outbox.waiting() == 20U);
        master.start();
        co_await until_empty(master);
        check_delivered(master, 1, 20);
    });
}

BOOST_AUTO_TEST_CASE(garbage_in_place_of_a_receipt_loses_nothing) {
    put(1, 5);
    play(true, [&](FakeMaster& master, Uplink&) -> asio::awaitable<void> {
        master.script = {FakeMaster::with({200, {}, "<html>welcome</html>"}),
                         FakeMaster::with(http::json_response("{}")),
                         FakeMaster::with(http::json_response(R"({"accepted":4,"known":0})")),
                         FakeMaster::with({302, {{"Location", "http://192.0.2.1/"}}, ""}),
                         FakeMaster::with(http::problem(500, "Oops"))};
        co_await until_empty(master);
        check_delivered(master, 1, 5);
        BOOST_TEST(master.reports.size() == 6U);
    });
}

BOOST_AUTO_TEST_CASE(a_master_that_hangs_is_given_up) {
    options.request_timeout = milliseconds(60);
    put(1, 2);
    play(true, [&](FakeMaster& master, Uplink&) -> asio::awaitable<void> {
        master.script = {[](http::Request const&) -> asio::awaitable<http::Response> {
            co_await async::sleep_until(TimePoint::max());
            co_return http::Response{};
        }};
        co_await until_empty(master);
        check_delivered(master, 1, 2);
    });
}

BOOST_AUTO_TEST_CASE(a_trace_taken_without_a_receipt_arriving_is_stored_once) {
    put(1, 4);
    play(true, [&](FakeMaster& master, Uplink& link) -> asio::awaitable<void> {
        master.script = {[&](http::Request const& request) -> asio::awaitable<http::Response> {
            static_cast<void>(master.take(request));
            co_return http::problem(502, "Bad gateway");
        }};
        co_await until_empty(master);
        check_delivered(master, 1, 4);
        BOOST_TEST(link.counts().known == 4U);
        BOOST_TEST(link.counts().accepted == 0U);
    });
}

BOOST_AUTO_TEST_CASE(refused_traces_are_said_and_dropped) {
    put(1, 3);
    play(true, [&](FakeMaster& master, Uplink& link) -> asio::awaitable<void> {
        master.script = {FakeMaster::with(http::json_response(
            R"({"accepted":2,"known":0,"refused":[{"index":1,"reason":"started_at: in the future"}]})"))};
        co_await until_empty(master);
        BOOST_TEST(link.counts().refused == 1U);
        BOOST_TEST(log.find("trace refused by the master and dropped")->field("reason") ==
                   "started_at: in the future");
        BOOST_TEST(master.reports.size() == 1U);
    });
}

BOOST_AUTO_TEST_CASE(one_trace_that_spoils_its_report_is_found_and_set_aside) {
    put(1, 100);
    play(true, [&](FakeMaster& master, Uplink& link) -> asio::awaitable<void> {
        FakeMaster::Answer const strict =
            [&](http::Request const& request) -> asio::awaitable<http::Response> {
            if (request.body.find(trace(37)) != std::string::npos)
                co_return http::problem(400, "Bad report", "must be an object", "[36]");
            co_return master.take(request);
        };
        for (int i = 0; i < 60; ++i)
            master.script.push_back(strict);
        co_await until_empty(master);
        BOOST_TEST(master.delivered.size() == 99U);
        BOOST_TEST(link.counts().set_aside == 1U);
        BOOST_TEST(master.reports.size() < 25U);
        BOOST_TEST(std::is_sorted(master.delivered.begin(), master.delivered.end(),
                                  [](auto const& a, auto const& b) {
                                      return a.size() < b.size() || (a.size() == b.size() && a < b);
                                  }));
        auto const said = log.find("trace spoils its report and is dropped");
        BOOST_TEST(said->field("reason") == "HTTP 400: Bad report: [36]: must be an object");
        BOOST_TEST(said->field("begins") == trace(37));
    });
}

BOOST_AUTO_TEST_CASE(a_master_that_refuses_everything_is_not_flooded) {
    put(1, 8);
    play(true, [&](FakeMaster& master, Uplink& link) -> asio::awaitable<void> {
        for (int i = 0; i < 100; ++i)
            master.script.push_back(FakeMaster::with(http::problem(400, "No")));
        co_await until_empty(master);
        BOOST_TEST(link.counts().set_aside == 8U);
        BOOST_TEST(
            master.report_sizes == (std::vector<std::size_t>{8, 4, 2, 1, 1, 1, 1, 1, 1, 1, 1}),
            boost::test_tools::per_element());
        for (std::size_t i = 1; i < master.report_times.size(); ++i)
            BOOST_TEST((master.report_times[i] - master.report_times[i - 1] >= milliseconds(1)));
    });
}

BOOST_AUTO_TEST_CASE(a_wrong_password_is_said_and_retried_slowly) {
    put(1, 1);
    play(true, [&](FakeMaster& master, Uplink&) -> asio::awaitable<void> {
        master.script = {FakeMaster::with(http::problem(401, "Unauthorized"))};
        co_await until_empty(master);
        BOOST_TEST((master.report_times[1] - master.report_times[0] >= milliseconds(80)));
        BOOST_TEST(log.text().find("name or password refused") != std::string::npos);
    });
}

BOOST_AUTO_TEST_CASE(finish_sends_what_is_left_in_the_middle_of_a_pause) {
    options.retry.backoff = {seconds(1000), seconds(1000)};
    put(1, 120);
    play(false, [&](FakeMaster& master, Uplink& link) -> asio::awaitable<void> {
        while (link.counts().failures < 1)
            co_await async::sleep_for(milliseconds(1));
        master.start();
        link.finish();
        co_await until_empty(master);
        check_delivered(master, 1, 120);
    });
}

BOOST_AUTO_TEST_CASE(finish_without_a_master_ends_and_keeps_everything) {
    options.retry.backoff = {seconds(1000), seconds(1000)};
    put(1, 7);
    play(false, [&](FakeMaster&, Uplink& link) -> asio::awaitable<void> {
        while (link.counts().failures < 1)
            co_await async::sleep_for(milliseconds(1));
    });
    BOOST_TEST(outbox.waiting() == 7U);
}

BOOST_AUTO_TEST_CASE(another_report_url_is_used_from_the_next_report_on) {
    play(false, [&](FakeMaster&, Uplink& link) -> asio::awaitable<void> {
        FakeMaster other(co_await asio::this_coro::executor, master_log);
        other.start();
        link.report_to(other.url().with_target("/api/v1/probe/reports"));
        put(1, 2);
        link.notify();
        co_await until_empty(other);
        check_delivered(other, 1, 2);
        co_await other.stop();
    });
}

BOOST_AUTO_TEST_SUITE_END()
