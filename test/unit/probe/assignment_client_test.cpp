#include "assignment/assignment_client.hpp"

#include "fake_master.hpp"
#include "io_fixture.hpp"
#include "log_capture.hpp"

#include <dtrace/async/deadline.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>

using namespace dtrace;
using namespace dtrace::probe;
namespace asio = boost::asio;

namespace {

Assignment assignment(std::uint64_t revision) {
    AssignedMeasurement measurement;
    measurement.id = make_uuid_from_name("a");
    measurement.name = "a";
    measurement.target = "host" + std::to_string(revision) + ".example";
    return {.revision = revision, .probe = "n1", .report_url = {}, .measurements = {measurement}};
}

struct AssignmentClientFixture : test::IoFixture {
    test::LogCapture log;
    test::LogCapture master_log;
    std::vector<Assignment> received;
    AssignmentClientOptions options{.master = {},
                                    .credentials = {"n1", secret},
                                    .wait = seconds(20),
                                    .margin = seconds(5),
                                    .least_between = milliseconds(5),
                                    .retry = {.backoff = {milliseconds(8), milliseconds(40)},
                                              .unauthorized = milliseconds(80)}};

    ~AssignmentClientFixture() {
        BOOST_TEST(log.text().find(secret) == std::string::npos);
        BOOST_TEST(log.text().find("Basic ") == std::string::npos);
    }

    using Story = std::function<asio::awaitable<void>(FakeMaster&)>;

    void play(bool listening, Story story) {
        run([&]() -> asio::awaitable<void> {
            auto const executor = co_await asio::this_coro::executor;
            FakeMaster master(executor, master_log);
            master.find_port();
            if (listening) master.start();
            http::Client client(executor);
            options.master = master.url();
            AssignmentClient asking(client, options, log, [&](Assignment assignment) {
                received.push_back(std::move(assignment));
                master.changed.notify_all();
            });
            async::TaskGroup tasks(executor, log);
            tasks.spawn("assignment", asking.run());
            co_await story(master);
            co_await tasks.join(seconds(5));
            co_await master.stop();
        });
    }

    auto have_received(std::size_t count) {
        return [this, count] { return received.size() >= count; };
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(assignment_client, AssignmentClientFixture)

BOOST_AUTO_TEST_CASE(a_change_arrives_at_once_by_long_poll) {
    play(true, [&](FakeMaster& master) -> asio::awaitable<void> {
        master.assignment = assignment(4);
        co_await master.until(have_received(1));
        co_await master.until([&] { return master.polls.size() == 2; });
        BOOST_TEST(master.polls[0].query.at("after") == "0");
        BOOST_TEST(master.polls[1].query.at("after") == "4");
        BOOST_TEST(master.polls[1].query.at("wait") == "20");
        auto const login = http::basic_credentials(master.polls[0]);
        BOOST_TEST(login->name == "n1");
        BOOST_TEST(login->secret == secret);

        master.assignment = assignment(5);
        master.changed.notify_all();
        co_await master.until(have_received(2));
        BOOST_TEST((received[0] == assignment(4)));
        BOOST_TEST((received[1] == assignment(5)));
    });
    BOOST_TEST(log.count("assignment received") == 2U);
    BOOST_TEST(log.count(LogLevel::warn) == 0U);
}

BOOST_AUTO_TEST_CASE(a_master_that_answers_at_once_is_not_flooded) {
    options.least_between = milliseconds(30);
    auto const begun = Clock::now();
    play(true, [&](FakeMaster& master) -> asio::awaitable<void> {
        auto const now = http::json_response(json::write(assignment(4)));
        std::vector<TimePoint> times;
        for (int i = 0; i < 4; ++i)
            master.poll_script.push_back(
                [&times, now](http::Request const&) -> asio::awaitable<http::Response> {
                    times.push_back(Clock::now());
                    co_return now;
                });
        co_await master.until([&] { return times.size() == 4; });
        BOOST_TEST((times.back() - begun >= milliseconds(90)));
        BOOST_TEST(received.size() == 1U);
    });
}

BOOST_AUTO_TEST_CASE(a_master_that_is_away_and_comes_back) {
    play(false, [&](FakeMaster& master) -> asio::awaitable<void> {
        master.assignment = assignment(4);
        while (log.count("no assignment from the master") < 3)
            co_await async::sleep_for(milliseconds(1));
        master.start();
        co_await master.until(have_received(1));
        co_await master.until([&] { return !master.polls.empty(); });
        co_await master.stop();
        auto const failures = log.count("no assignment from the master");
        while (log.count("no assignment from the master") < failures + 2)
            co_await async::sleep_for(milliseconds(1));
        master.assignment = assignment(5);
        master.start();
        co_await master.until(have_received(2));
    });
    BOOST_TEST(log.count("master is back") == 2U);
}

BOOST_AUTO_TEST_CASE(a_bad_assignment_is_refused_and_the_old_one_stays) {
    play(true, [&](FakeMaster& master) -> asio::awaitable<void> {
        auto broken = assignment(5);
        broken.measurements[0].parameters.flows = 0;
        master.poll_script = {FakeMaster::with(http::json_response(json::write(assignment(4)))),
                              FakeMaster::with(http::json_response(json::write(broken))),
                              FakeMaster::with(http::json_response("not json"))};
        master.assignment = assignment(6);
        co_await master.until(have_received(2));
        BOOST_TEST(received[0].revision == 4U);
        BOOST_TEST(received[1].revision == 6U);
        // Still asking for what comes after the one that is held.
        BOOST_TEST(master.polls[2].query.at("after") == "4");
    });
    BOOST_TEST(log.find("no assignment from the master")->field("reason") ==
               "assignment refused: measurements[0].parameters.flows: must be 1 to 256, or auto");
}

BOOST_AUTO_TEST_CASE(a_wrong_password_is_said_and_retried_slowly) {
    play(true, [&](FakeMaster& master) -> asio::awaitable<void> {
        TimePoint refused;
        master.poll_script = {[&](http::Request const&) -> asio::awaitable<http::Response> {
            refused = Clock::now();
            co_return http::problem(401, "Unauthorized");
        }};
        master.assignment = assignment(4);
        co_await master.until(have_received(1));
        BOOST_TEST((Clock::now() - refused >= milliseconds(80)));
    });
    BOOST_TEST(log.text().find("name or password refused") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_master_that_hangs_is_given_up) {
    options.wait = seconds(0);
    options.margin = milliseconds(60);
    play(true, [&](FakeMaster& master) -> asio::awaitable<void> {
        master.poll_script = {[](http::Request const&) -> asio::awaitable<http::Response> {
            co_await async::sleep_until(TimePoint::max());
            co_return http::Response{};
        }};
        master.assignment = assignment(4);
        co_await master.until(have_received(1));
    });
    BOOST_TEST(log.count("no assignment from the master") >= 1U);
}

BOOST_AUTO_TEST_SUITE_END()
