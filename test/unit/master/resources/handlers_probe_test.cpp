#include "api_fixture.hpp"
#include "board_probes.hpp"
#include "sample_traces.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/model/report.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::test;
namespace asio = boost::asio;

namespace {

constexpr char const* assignment_path = "/api/v1/probe/assignment";

struct HandlersProbeFixture : ApiFixture {
    HandlersProbeFixture() { set_up(); }

    http::Response assignment(std::map<std::string, std::string> query) {
        return answer(as("n1", "one", request(assignment_path, std::move(query))));
    }

    ReportReceipt receipt(http::Response const& response) {
        BOOST_TEST(response.status == 200U, response.body);
        auto const read = json::read<ReportReceipt>(response.body, json::UnknownKeys::refuse);
        BOOST_REQUIRE(read.has_value());
        return *read;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handlers_probe, HandlersProbeFixture)

BOOST_AUTO_TEST_CASE(an_assignment_is_given_at_once) {
    for (std::map<std::string, std::string> const& query : {std::map<std::string, std::string>{},
                                                            {{"after", "0"}, {"wait", "50"}},
                                                            {{"after", "7"}}}) {
        auto const response = assignment(query);
        BOOST_TEST(response.status == 200U);
        auto const given = json::read<Assignment>(response.body, json::UnknownKeys::refuse);
        BOOST_REQUIRE(given.has_value());
        BOOST_TEST((*given == *board.assignment("n1")));
    }
    BOOST_TEST(activity.find("n1")->version == "9.8.7");
}

BOOST_AUTO_TEST_CASE(where_to_report_is_told_to_all_but_the_local_probe) {
    book.add_local("local", "random");
    board.place(test::board_probes(book.names()));
    board.set_measurements({measurement(first, "First")}, "http://collector.example.net/");
    BOOST_TEST(contains(assignment({}).body, R"("report_url":"http://collector.example.net/")"));
    auto const local = answer(as("local", "random", request(assignment_path)));
    BOOST_TEST(local.status == 200U);
    BOOST_TEST(!contains(local.body, "report_url"));
}

BOOST_AUTO_TEST_CASE(nothing_new_is_204) {
    auto const revision = std::to_string(board.revision("n1"));
    auto const response = assignment({{"after", revision}});
    BOOST_TEST(response.status == 204U);
    BOOST_TEST(response.body.empty());
}

BOOST_AUTO_TEST_CASE(who_never_waits_is_there_between_two_questions) {
    auto const revision = std::to_string(board.revision("n1"));
    assignment({{"after", revision}});
    BOOST_TEST(activity.is_there("n1", Clock::now()));
    assignment({{"after", revision}, {"wait", "1"}});
    BOOST_TEST(!activity.is_there("n1", Clock::now()));
}

BOOST_AUTO_TEST_CASE(a_long_poll_is_answered_by_a_change_that_concerns_it) {
    auto const asked = as("n1", "one",
                          request(assignment_path, {{"after", std::to_string(board.revision("n1"))},
                                                    {"wait", "60"}}));
    run([&]() -> asio::awaitable<void> {
        std::optional<http::Response> response;
        async::Wakeup done(io.get_executor());
        asio::co_spawn(
            io,
            [&]() -> asio::awaitable<void> {
                response = co_await router.handle(asked);
                done.notify_all();
            },
            [](std::exception_ptr failure) { BOOST_TEST(!failure); });
        while (board_changed.waiters() == 0)
            co_await asio::post(io, asio::use_awaitable);
        BOOST_TEST(activity.is_online("n1", Clock::now() + std::chrono::hours(1)));

        board.set_measurements(
            {measurement(first, "First"), measurement(make_uuid_from_name("2"), "Second", {"n1"}),
             measurement(make_uuid_from_name("3"), "Third", {"n2"})},
            std::nullopt);
        board_changed.notify_all();
        for (int i = 0; i < 10; ++i)
            co_await asio::post(io, asio::use_awaitable);
        BOOST_TEST(!response.has_value());

        auto const seen = done.version();
        board.set_measurements({measurement(first, "First")}, std::nullopt);
        board_changed.notify_all();
        co_await done.wait(seen);
        BOOST_REQUIRE(response.has_value());
        BOOST_TEST(response->status == 200U);
        BOOST_TEST(contains(response->body, std::to_string(board.revision("n1"))));
        BOOST_TEST(!activity.is_online("n1", Clock::now() + std::chrono::hours(1)));
    });
}

BOOST_AUTO_TEST_CASE(a_long_poll_ends_with_its_wait) {
    auto const begin = Clock::now();
    auto const response =
        assignment({{"after", std::to_string(board.revision("n1"))}, {"wait", "1"}});
    BOOST_TEST(response.status == 204U);
    BOOST_TEST((Clock::now() - begin >= seconds(1)));
}

BOOST_AUTO_TEST_CASE(a_probe_that_is_removed_while_it_waits_is_told) {
    auto const asked = as("n1", "one",
                          request(assignment_path, {{"after", std::to_string(board.revision("n1"))},
                                                    {"wait", "60"}}));
    run([&]() -> asio::awaitable<void> {
        asio::post(io, [&] {
            board.place(test::board_probes({"n2"}));
            board_changed.notify_all();
        });
        auto const response = co_await router.handle(asked);
        BOOST_TEST(response.status == 401U);
    });
}

BOOST_AUTO_TEST_CASE(wrong_parameters_are_named) {
    for (auto const& [name, value] : std::map<std::string, std::string>{
             {"wait", "61"}, {"after", "x"}, {"after ", "1"}, {"name", "n1"}}) {
        auto const response = assignment({{name, value}});
        BOOST_TEST(response.status == 400U);
        BOOST_TEST(contains(response.body, "\"path\":\"" + name + "\""));
    }
}

BOOST_AUTO_TEST_CASE(nobody_gets_in_without_his_secret) {
    BOOST_TEST(get(assignment_path).status == 401U);
    BOOST_TEST(answer(as("n1", "two", request(assignment_path))).status == 401U);
    BOOST_TEST(answer(report("[]")).status == 401U);
    BOOST_TEST(answer(as("n1", "", report("[]"))).status == 401U);
}

BOOST_AUTO_TEST_CASE(a_report_is_stored_and_the_same_report_is_known) {
    auto const a = sample_trace("n1", first);
    auto const b = sample_trace("n1", first);
    auto const body = "[" + json::write(a) + "," + json::write(b) + "]";
    auto const fresh = receipt(answer(as("n1", "one", report(body))));
    BOOST_TEST(fresh.accepted == 2U);
    BOOST_TEST(fresh.known == 0U);
    BOOST_TEST(store.kept_traces.size() == 2U);
    BOOST_TEST((store.kept_traces[0] == a));

    auto const again = receipt(answer(as("n1", "one", report(body))));
    BOOST_TEST(again.accepted == 0U);
    BOOST_TEST(again.known == 2U);
    BOOST_TEST(activity.find("n1")->traces == 2U);
    BOOST_TEST(receipt(answer(as("n1", "one", report("[]")))).accepted == 0U);
}

BOOST_AUTO_TEST_CASE(strangers_are_refused_one_by_one) {
    auto foreign = sample_trace("n2", first);
    auto aimless = sample_trace("n1", first);
    aimless.measurement.reset();
    auto unknown = sample_trace("n1", make_uuid_from_name("nowhere"));
    auto const good = sample_trace("n1", first);
    std::string body = "garbage\n";
    for (auto const& trace : {foreign, aimless, good, unknown})
        body += json::write(trace) + "\n";
    auto const got = receipt(answer(as("n1", "one", report(body))));
    BOOST_TEST(got.accepted == 1U);
    BOOST_REQUIRE(got.refused.size() == 4);
    for (std::size_t i = 0; i < 4; ++i)
        BOOST_TEST(got.refused[i].index == (i < 3 ? i : 4U));
    BOOST_TEST(!got.refused[0].id);
    BOOST_TEST((got.refused[1].id == foreign.id));
    BOOST_TEST(got.refused[1].reason == "probe: must be the name that you logged in with");
    BOOST_TEST(got.refused[2].reason == "measurement: is required");
    BOOST_TEST(got.refused[3].reason == "measurement.id: there is no such measurement");
    BOOST_TEST((store.kept_traces.front() == good));
    BOOST_TEST(log.find("traces refused")->field("count") == "4");
    BOOST_TEST(ingest.counters().refused == 4U);
}

BOOST_AUTO_TEST_CASE(what_comes_too_late_is_not_said_to_be_known) {
    auto const early = sample_trace("n1", first);
    auto late = sample_trace("n1", first);
    late.started_at -= std::chrono::hours(200);
    late.id = make_uuid_v7(late.started_at);
    store.removed_before = early.started_at;
    auto const body = "[{}," + json::write(late) + "," + json::write(early) + "]";
    auto const got = receipt(answer(as("n1", "one", report(body))));
    BOOST_TEST(got.accepted == 1U);
    BOOST_TEST(got.known == 0U);
    BOOST_REQUIRE(got.refused.size() == 2U);
    BOOST_TEST(got.refused[0].index == 0U);
    BOOST_TEST(got.refused[1].index == 1U);
    BOOST_TEST((got.refused[1].id == late.id));
    BOOST_TEST(contains(got.refused[1].reason, "have been removed"));
    BOOST_TEST(ingest.counters().known == 0U);
    BOOST_TEST(ingest.counters().refused == 2U);
}

BOOST_AUTO_TEST_CASE(what_was_measured_before_a_reload_is_taken) {
    board.set_measurements({}, std::nullopt);
    auto const got =
        receipt(answer(as("n1", "one", report(json::write(sample_trace("n1", first))))));
    BOOST_TEST(got.accepted == 1U);
}

BOOST_AUTO_TEST_CASE(no_report_is_400_with_the_place) {
    for (std::string const body : {"", "[{}", "[] []"}) {
        auto const response = answer(as("n1", "one", report(body)));
        BOOST_TEST(response.status == 400U, body);
        BOOST_TEST(contains(*response.headers.find("Content-Type"), "application/problem+json"));
    }
    BOOST_TEST(contains(answer(as("n1", "one", report("[{}, {"))).body, "\"path\":\"[1]\""));
}

BOOST_AUTO_TEST_CASE(a_large_report_is_read_and_taken_apart_on_the_pool) {
    std::string body = "[";
    for (int i = 0; i < 300; ++i)
        body += (i ? "," : "") + json::write(sample_trace("n1", first));
    body += "]";
    BOOST_TEST(receipt(answer(as("n1", "one", report(body)))).accepted == 300U);
    BOOST_TEST(workers.counters().done == 2U);
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_takes_nothing_and_says_when_to_come_back) {
    auto const body = json::write(sample_trace("n1", first));
    store.failure = make_error(boost::system::errc::no_space_on_device, "dtrace.db: disk full");
    auto const full = answer(as("n1", "one", report(body)));
    BOOST_TEST(full.status == 507U);
    BOOST_TEST(full.headers.find("Retry-After").has_value());
    BOOST_TEST(contains(full.body, "disk full"));
    answer(as("n1", "one", report(body)));
    BOOST_TEST(log.count("traces not stored") == 1U);

    store.failure = make_error(boost::system::errc::io_error, "damaged");
    BOOST_TEST(answer(as("n1", "one", report(body))).status == 503U);
    store.failure =
        make_error(boost::system::errc::resource_unavailable_try_again, "too much is waiting");
    BOOST_TEST(answer(as("n1", "one", report(body))).status == 503U);
    BOOST_TEST(ingest.counters().busy == 1U);
    BOOST_TEST(log.count("traces not stored") == 2U);

    store.failure.reset();
    BOOST_TEST(receipt(answer(as("n1", "one", report(body)))).accepted == 1U);
    BOOST_TEST(log.count("traces are stored again") == 1U);
    BOOST_TEST(ingest.counters().failed == 3U);
}

BOOST_AUTO_TEST_CASE(the_oldest_of_too_many_waiting_reports_is_told_to_come_again) {
    master::Ingest closed(store, board, workers, log,
                          {.turns = {.at_once = 0, .max_waiting_bytes = 3}});
    async::TaskGroup group(io.get_executor(), log);
    std::vector<http::Response> answers;
    auto const send = [&]() -> boost::asio::awaitable<void> {
        auto taken = co_await closed.take("n1", "[]");
        answers.push_back(std::move(taken.response));
    };
    run([&]() -> boost::asio::awaitable<void> {
        group.spawn("oldest", send());
        group.spawn("newest", send());
        while (answers.empty())
            co_await async::sleep_for(milliseconds(1));
        BOOST_REQUIRE(answers.size() == 1U);
        BOOST_TEST(answers.front().status == 503U);
        BOOST_TEST(answers.front().headers.find("Retry-After").has_value());
        BOOST_TEST(closed.counters().busy == 1U);
        co_await group.join(seconds(1));
    });
}

BOOST_AUTO_TEST_CASE(observers_hear_of_new_traces_when_they_are_kept) {
    set_up();
    std::vector<Uuid> heard;
    ingest.on_taken([&](master::TakenTraces const& traces) {
        for (auto const& trace : *traces) {
            BOOST_TEST((std::ranges::find(store.kept_traces, trace.id, &Trace::id) !=
                        store.kept_traces.end()));
            heard.push_back(trace.id);
        }
    });
    auto const old = sample_trace("n1", first);
    auto const fresh = sample_trace("n1", first);
    auto const send = [&](std::vector<Trace> const& traces) {
        return answer(as("n1", "one", report(json::write(traces)))).status;
    };
    BOOST_TEST(send({old}) == 200U);
    BOOST_TEST(send({old, fresh, sample_trace("n2", first)}) == 200U);
    BOOST_TEST(send({old}) == 200U);
    store.failure = make_error(boost::system::errc::io_error, "broken");
    BOOST_TEST(send({sample_trace("n1", first)}) == 503U);
    BOOST_TEST((heard == std::vector{old.id, fresh.id}));
}

BOOST_AUTO_TEST_SUITE_END()
