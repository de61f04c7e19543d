#include "fake_master.hpp"
#include "fake_rounds.hpp"
#include "io_fixture.hpp"
#include "log_capture.hpp"
#include "temp_dir.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/offload.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/probe/probe_service.hpp>
#include <dtrace/wire/resolver.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <set>

using namespace dtrace;
using namespace dtrace::probe;
namespace asio = boost::asio;

namespace {

class NoNames : public wire::Resolver {
  public:
    asio::awaitable<Result<std::vector<IpAddress>>> addresses(std::string,
                                                              std::optional<Family>) override {
        co_return make_error(boost::system::errc::not_supported, "names only");
    }
    asio::awaitable<std::string> name(IpAddress) override { co_return "r.example.net"; }
};

Assignment assignment_of(int count, std::string const& host) {
    Assignment made{.revision = 1, .probe = "n1", .report_url = {}, .measurements = {}};
    for (int i = 0; i < count; ++i) {
        AssignedMeasurement measurement;
        measurement.id = make_uuid_from_name(host + std::to_string(i));
        measurement.name = "m" + std::to_string(i);
        measurement.target = host + std::to_string(i);
        measurement.interval_s = 1;
        made.measurements.push_back(measurement);
    }
    return made;
}

OnceItem one_off(std::string target) {
    auto const now = wall_clock_now();
    return {.id = make_uuid_v7(now),
            .measurement = {make_uuid_from_name("m"), "burst"},
            .target = std::move(target),
            .parameters = {},
            .deadline = now + seconds(60)};
}

/// Not a burst: its measurement is its own.
OnceItem on_demand(std::string target) {
    auto item = one_off(std::move(target));
    item.measurement = {item.id, item.target};
    return item;
}

struct ProbeServiceFixture : test::IoFixture {
    test::TempDir dir;
    test::LogCapture log;
    test::LogCapture master_log;
    async::WorkerPool workers{{.name = "test"}};
    test::FakeRounds rounds;
    NoNames resolver;
    std::set<Uuid> made;
    ProbeOptions options{.master = {},
                         .name = "n1",
                         .password = secret,
                         .outbox = dir / "outbox",
                         .first_round_within = milliseconds(50),
                         .outbox_sync_every = milliseconds(20),
                         .assignment_wait = seconds(5),
                         .first_retry = milliseconds(8),
                         .longest_retry = milliseconds(40),
                         .report_gather = milliseconds(5),
                         .flush_grace = milliseconds(500)};

    ProbeServiceFixture() { time_limit = seconds(30); }
    ~ProbeServiceFixture() { BOOST_TEST(log.text().find(secret) == std::string::npos); }

    using Story =
        std::function<asio::awaitable<void>(FakeMaster&, ProbeService&, async::TaskGroup&)>;

    asio::awaitable<void> run_service(FakeMaster& master, Story story) {
        auto const executor = co_await asio::this_coro::executor;
        options.master = master.url();
        ProbeService service(executor, options, rounds, resolver, workers, log);
        service.on_trace([&](Trace const& trace) {
            made.insert(trace.id);
            master.changed.notify_all();
        });
        service.open().value();
        async::TaskGroup tasks(executor, log);
        tasks.spawn("probe", service.run());
        co_await story(master, service, tasks);
        co_await tasks.join(seconds(10));
    }

    void play(Story story) {
        run([&]() -> asio::awaitable<void> {
            FakeMaster master(co_await asio::this_coro::executor, master_log);
            master.find_port();
            co_await run_service(master, story);
            co_await master.stop();
        });
    }

    std::vector<Trace> delivered(FakeMaster const& master) {
        std::vector<Trace> traces;
        for (auto const& text : master.delivered)
            traces.push_back(json::read<Trace>(text, json::UnknownKeys::refuse).value());
        return traces;
    }

    void check_all_delivered_once(FakeMaster const& master) {
        std::set<Uuid> ids;
        for (auto const& trace : delivered(master))
            BOOST_TEST(ids.insert(trace.id).second);
        BOOST_TEST((ids == made));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(probe_service, ProbeServiceFixture)

BOOST_AUTO_TEST_CASE(traces_are_complete) {
    play([&](FakeMaster& master, ProbeService&, async::TaskGroup&) -> asio::awaitable<void> {
        master.assignment = assignment_of(1, "host");
        master.start();
        co_await master.until([&] { return !master.delivered.empty(); });
        auto const trace = delivered(master).front();
        BOOST_TEST(trace.probe == "n1");
        BOOST_TEST((trace.measurement->id == master.assignment.measurements[0].id));
        BOOST_TEST(trace.measurement->name == "m0");
        BOOST_TEST(trace.target.host == "host0");
        for (auto const& hop : trace.paths[0].hops)
            for (auto const& answer : hop.answers)
                BOOST_TEST(answer.name.value_or("none") == "r.example.net");
    });
}

BOOST_AUTO_TEST_CASE(a_trace_is_reported_within_a_second_of_its_end) {
    options.report_gather = milliseconds(200);
    play([&](FakeMaster& master, ProbeService&, async::TaskGroup&) -> asio::awaitable<void> {
        master.assignment = assignment_of(1, "host");
        master.start();
        co_await master.until([&] { return !made.empty(); });
        auto const ended = Clock::now();
        co_await master.until([&] { return !master.delivered.empty(); });
        BOOST_TEST((Clock::now() - ended < seconds(1)));
    });
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_while_the_master_is_away) {
    play([&](FakeMaster& master, ProbeService& service,
             async::TaskGroup& tasks) -> asio::awaitable<void> {
        master.assignment = assignment_of(20, "host");
        master.start();
        co_await master.until([&] { return master.delivered.size() >= 20; });
        co_await master.stop();
        co_await master.until([&] { return service.status().outbox_waiting >= 30; });
        BOOST_TEST(service.status().report_failures > 0U);
        master.start();
        co_await master.until([&] { return service.status().outbox_waiting == 0; });
        BOOST_TEST(service.status().report_failures == 0U);
        co_await tasks.join(seconds(10));
        check_all_delivered_once(master);
        BOOST_TEST(service.status().outbox_dropped == 0U);
        BOOST_TEST(service.status().reported >= made.size());
    });
}

BOOST_AUTO_TEST_CASE(rounds_under_way_at_the_end_are_kept_and_reported) {
    play([&](FakeMaster& master, ProbeService& service,
             async::TaskGroup& tasks) -> asio::awaitable<void> {
        master.assignment = assignment_of(5, "slow");
        master.start();
        while (rounds.slow_under_way < 5)
            co_await async::sleep_for(milliseconds(1));
        BOOST_TEST(service.status().rounds_under_way == 5U);
        co_await tasks.join(seconds(10));
        BOOST_TEST(master.delivered.size() == 5U);
        for (auto const& trace : delivered(master))
            BOOST_TEST((trace.stop_reason == StopReason::cancelled));
        check_all_delivered_once(master);
    });
    BOOST_TEST(log.find("probe stopped")->field("outbox_waiting") == "0");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_reported_at_the_end_waits_for_the_next_start) {
    run([&]() -> asio::awaitable<void> {
        FakeMaster master(co_await asio::this_coro::executor, master_log);
        master.assignment = assignment_of(5, "slow");
        master.start();
        co_await run_service(
            master, [&](FakeMaster&, ProbeService&, async::TaskGroup&) -> asio::awaitable<void> {
                while (rounds.slow_under_way < 5)
                    co_await async::sleep_for(milliseconds(1));
                co_await master.stop();
            });
        BOOST_TEST(made.size() == 5U);
        BOOST_TEST(master.delivered.empty());
        BOOST_TEST(log.find("probe stopped")->field("outbox_waiting") == "5");

        master.assignment.measurements.clear();
        master.start();
        co_await run_service(
            master, [&](FakeMaster&, ProbeService&, async::TaskGroup&) -> asio::awaitable<void> {
                co_await master.until([&] { return master.delivered.size() == 5; });
            });
        check_all_delivered_once(master);
        co_await master.stop();
    });
}

BOOST_AUTO_TEST_CASE(a_terminal_stop_is_quick_and_keeps_the_outbox) {
    options.flush_grace = seconds(60);
    options.report_timeout = seconds(60);
    play([&](FakeMaster& master, ProbeService&, async::TaskGroup& tasks) -> asio::awaitable<void> {
        master.assignment = assignment_of(3, "host");
        for (int i = 0; i < 10; ++i)
            master.script.push_back([](http::Request const&) -> asio::awaitable<http::Response> {
                co_await async::sleep_until(TimePoint::max());
                co_return http::Response{};
            });
        master.start();
        co_await master.until([&] { return !master.reports.empty(); });
        auto const began = Clock::now();
        co_await tasks.join(milliseconds(20));
        BOOST_TEST((Clock::now() - began < seconds(5)));
        BOOST_TEST(log.find("probe stopped")->field("outbox_waiting") ==
                   std::to_string(made.size()));
    });
}

/// The second cancellation comes while the rounds are waited for; it shortens the last report too.
BOOST_AUTO_TEST_CASE(a_terminal_stop_is_quick_where_rounds_are_not) {
    options.round_grace = options.flush_grace = options.report_timeout = seconds(60);
    play([&](FakeMaster& master, ProbeService&, async::TaskGroup& tasks) -> asio::awaitable<void> {
        master.assignment = assignment_of(1, "host");
        master.assignment.measurements.push_back(
            assignment_of(1, "slow-deaf").measurements.front());
        for (int i = 0; i < 10; ++i)
            master.script.push_back([](http::Request const&) -> asio::awaitable<http::Response> {
                co_await async::sleep_until(TimePoint::max());
                co_return http::Response{};
            });
        master.start();
        co_await master.until([&] { return !master.reports.empty() && rounds.slow_under_way > 0; });
        co_await tasks.join(milliseconds(20));
        BOOST_TEST(rounds.slow_under_way == 0U);
    });
}

BOOST_AUTO_TEST_CASE(traces_go_where_the_assignment_says) {
    play([&](FakeMaster& master, ProbeService&, async::TaskGroup&) -> asio::awaitable<void> {
        FakeMaster other(co_await asio::this_coro::executor, master_log);
        other.start();
        master.assignment = assignment_of(2, "host");
        master.assignment.report_url = other.url().origin() + "/api/v1/probe/reports";
        master.start();
        co_await other.until([&] { return other.delivered.size() >= 2; });
        BOOST_TEST(master.reports.empty());
        co_await other.stop();
    });
}

BOOST_AUTO_TEST_CASE(a_second_probe_on_the_same_outbox_is_refused) {
    play([&](FakeMaster&, ProbeService&, async::TaskGroup&) -> asio::awaitable<void> {
        ProbeService second(co_await asio::this_coro::executor, options, rounds, resolver, workers,
                            log);
        auto const opened = second.open();
        BOOST_REQUIRE(!opened);
        BOOST_TEST(opened.error().message.find("in use by another process") != std::string::npos);
    });
}

BOOST_AUTO_TEST_CASE(one_off_work_is_done_once_and_has_the_same_id_when_it_is_done_again) {
    run([&]() -> asio::awaitable<void> {
        FakeMaster master(co_await asio::this_coro::executor, master_log);
        OnceItem const item = one_off("once");
        master.assignment.revision = 1;
        master.assignment.once = {item};
        master.start();
        for (int start = 0; start < 2; ++start) {
            auto const polls = master.polls.size();
            co_await run_service(
                master,
                [&](FakeMaster&, ProbeService&, async::TaskGroup&) -> asio::awaitable<void> {
                    co_await master.until(
                        [&] { return master.delivered.size() > static_cast<std::size_t>(start); });
                    ++master.assignment.revision;  // told again
                    master.changed.notify_all();
                    co_await master.until([&] { return master.polls.size() >= polls + 3; });
                });
        }
        auto const traces = delivered(master);
        BOOST_TEST(traces.size() == 2U);
        for (auto const& trace : traces) {
            BOOST_TEST((trace.id == once_trace_id(item.id, "n1")));
            BOOST_TEST((trace.measurement.value() == item.measurement));
            BOOST_TEST(trace.target.host == "once");
        }
        co_await master.stop();
    });
}

BOOST_AUTO_TEST_CASE(the_master_is_told_how_far_a_round_on_demand_is) {
    play([&](FakeMaster& master, ProbeService&, async::TaskGroup&) -> asio::awaitable<void> {
        OnceItem const item = on_demand("slow");
        master.assignment = assignment_of(1, "slow");      // of recurring ones nothing is told
        master.assignment.once = {item, one_off("slow")};  // nor of bursts
        master.start();
        co_await master.until([&] { return master.progress.size() == 2; });
        BOOST_TEST(rounds.slow_under_way == 3U);
        unsigned looks = 0;
        for (auto const& request : master.progress) {
            BOOST_TEST(http::basic_credentials(request)->name == "n1");
            auto const trace = json::read<Trace>(request.body, json::UnknownKeys::refuse).value();
            BOOST_TEST((trace.id == once_trace_id(item.id, "n1")));
            BOOST_TEST(trace.probe == "n1");
            BOOST_TEST((trace.measurement.value() == item.measurement));
            BOOST_TEST(trace.packets.sent == ++looks);
        }
    });
}

BOOST_AUTO_TEST_CASE(a_master_that_knows_nothing_of_progress_is_asked_once) {
    rounds.slow_ones = Clock::now() + milliseconds(900);
    play([&](FakeMaster& master, ProbeService&, async::TaskGroup&) -> asio::awaitable<void> {
        master.progress_status = 404;
        master.assignment.revision = 1;
        master.assignment.once = {on_demand("slow")};
        master.start();
        co_await master.until([&] { return master.delivered.size() == 1; });
        BOOST_TEST(master.progress.size() == 1U);
    });
    BOOST_TEST(log.find("progress not told")->field("reason") == "the master answers 404");
}

BOOST_AUTO_TEST_CASE(a_probe_that_starts_without_its_master_goes_on_measuring) {
    run([&]() -> asio::awaitable<void> {
        FakeMaster master(co_await asio::this_coro::executor, master_log);
        master.assignment = assignment_of(2, "host");
        master.start();
        co_await run_service(
            master, [&](FakeMaster&, ProbeService&, async::TaskGroup&) -> asio::awaitable<void> {
                co_await master.until([&] { return master.delivered.size() >= 2; });
                co_await master.stop();
            });
        std::size_t const before = made.size();
        co_await run_service(
            master,
            [&](FakeMaster&, ProbeService& service, async::TaskGroup&) -> asio::awaitable<void> {
                co_await master.until([&] { return made.size() >= before + 2; });
                BOOST_TEST(service.status().assignment_revision == 0U);  // nothing received yet
                // And what the master says then counts.
                master.assignment = assignment_of(1, "other");
                master.start();
                co_await master.until([&] { return service.status().measurements == 1; });
                BOOST_TEST(service.status().assignment_revision == 1U);
            });
        BOOST_TEST(log.find("kept assignment taken up")->field("measurements") == "2");
        co_await master.stop();
    });
}

BOOST_AUTO_TEST_CASE(a_damaged_kept_assignment_is_a_log_line) {
    std::filesystem::create_directory(options.outbox);
    test::write_file(options.outbox / "assignment.json", "{\"master\":");
    play([&](FakeMaster& master, ProbeService&, async::TaskGroup&) -> asio::awaitable<void> {
        master.assignment = assignment_of(1, "host");
        master.start();
        co_await master.until([&] { return !master.delivered.empty(); });
    });
    BOOST_TEST(log.find("kept assignment ignored")->field("file").ends_with("assignment.json"));
}

BOOST_AUTO_TEST_SUITE_END()
