#include "api_fixture.hpp"
#include "live/tell_live.hpp"
#include "sample_traces.hpp"

#include <dtrace/async/task_group.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::test;
namespace asio = boost::asio;

namespace {

struct HandlersOnceFixture : ApiFixture {
    HandlersOnceFixture() {
        set_up();
        ingest.on_taken(
            [this](master::TakenTraces const& traces) { master::tell_traces(live, *traces); });
        ingest.on_stored([this](master::TakenTraces const& traces) {
            if (board.once_reported(*traces)) once_changed.notify_all();
        });
    }

    static http::Request order_request(std::string body) {
        auto made = request("/api/v1/measurements");
        made.verb = http::Verb::post;
        made.headers.set("Content-Type", "application/json");
        made.body = std::move(body);
        return made;
    }
    http::Response order(std::string body) { return answer(order_request(std::move(body))); }

    /// The path of the new run.
    std::string ordered(std::string body) {
        auto const response = order(std::move(body));
        BOOST_REQUIRE_MESSAGE(response.status == 202, response.body);
        return std::string(*response.headers.find("Location"));
    }

    static Uuid id_in(std::string const& path) {
        return *parse<Uuid>(path.substr(path.rfind('/') + 1));
    }

    http::Request report_of(std::string const& path, std::string const& probe,
                            std::string const& secret) {
        auto const id = id_in(path);
        auto trace = sample_trace(probe, id);
        trace.id = once_trace_id(id, probe);
        trace.measurement->id = id;
        return as(probe, secret, report("[" + json::write(trace) + "]"));
    }

    static http::Request progress(std::string const& path, std::string const& probe,
                                  std::string const& secret, std::string const& host) {
        auto trace = sample_trace(probe, id_in(path));
        trace.id = once_trace_id(id_in(path), probe);
        trace.measurement = {id_in(path), "a.test"};
        trace.target.host = host;
        auto made = request("/api/v1/probe/progress");
        made.verb = http::Verb::post;
        made.body = json::write(trace);
        return as(probe, secret, std::move(made));
    }

    static boost::json::array in_progress(boost::json::value const& once) {
        return once.at("progress").at("traces").as_array();
    }

    boost::json::value once_of(std::string const& path,
                               std::map<std::string, std::string> query = {}) {
        auto const response = get(path, std::move(query));
        BOOST_REQUIRE_MESSAGE(response.status == 200, response.body);
        return boost::json::parse(response.body).at("once");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handlers_once, HandlersOnceFixture)

BOOST_AUTO_TEST_CASE(results_come_in_until_it_is_complete) {
    auto const path = ordered(R"({"once":true,"target":"a.test","probes":["n1","n2"]})");
    BOOST_TEST(board.assignment("n1")->once.size() == 1U);
    auto once = once_of(path);
    BOOST_TEST(once.at("state").as_string() == "running");
    BOOST_TEST(once.at("waiting").as_array().size() == 2U);

    BOOST_TEST(answer(report_of(path, "n1", "one")).status == 200U);
    once = once_of(path, {{"wait", "5"}});
    BOOST_TEST(once.at("state").as_string() == "running");
    BOOST_TEST(once.at("waiting").at(0).as_string() == "n2");
    BOOST_TEST(once.at("traces").at(0).at("probe").as_string() == "n1");
    BOOST_TEST(board.assignment("n1")->once.empty());

    BOOST_TEST(answer(report_of(path, "n2", "two")).status == 200U);
    once = once_of(path, {{"wait", "5"}, {"after", "2"}});
    BOOST_TEST(once.at("state").as_string() == "complete");
    BOOST_TEST(once.at("traces").as_array().size() == 2U);
    BOOST_TEST(once.at("missing").as_array().empty());
    BOOST_TEST(store.kept_audit.back().action == "measure once");
}

BOOST_AUTO_TEST_CASE(results_that_cannot_be_read_are_counted) {
    auto const path = ordered(R"({"once":true,"target":"a.test","probes":["n1"]})");
    BOOST_TEST(!once_of(path).as_object().contains("unreadable"));
    BOOST_TEST(answer(report_of(path, "n1", "one")).status == 200U);
    store.kept_traces.clear();
    store.unreadable = {.count = 1, .reason = {}};
    auto const once = once_of(path);
    BOOST_TEST(once.at("unreadable").as_int64() == 1);
    BOOST_TEST(once.at("state").as_string() == "incomplete");
    BOOST_TEST(once.at("missing").at(0).as_string() == "n1");
}

BOOST_AUTO_TEST_CASE(a_trace_that_is_known_but_cannot_be_read_ends_the_order) {
    auto const path = ordered(R"({"once":true,"target":"a.test","probes":["n1"]})");
    auto trace = sample_trace("n1", id_in(path));
    trace.id = once_trace_id(id_in(path), "n1");
    store.kept_traces.push_back(trace);
    store.damaged_traces = {trace.id};
    BOOST_TEST(board.assignment("n1")->once.size() == 1U);
    BOOST_TEST(contains(answer(report_of(path, "n1", "one")).body, "\"known\":1"));
    BOOST_TEST(board.assignment("n1")->once.empty());
}

BOOST_AUTO_TEST_CASE(a_long_poll_is_woken_by_a_result) {
    auto const path = ordered(R"({"once":true,"target":"a.test","probes":["n1"]})");
    auto const trace = report_of(path, "n1", "one");
    auto const token = token_of(Role::viewer);
    std::string state;
    auto const poll = [&]() -> asio::awaitable<void> {
        auto asked = with_token(token, request(path, {{"wait", "60"}}));
        auto const response = co_await router.handle(std::move(asked));
        state = std::string(boost::json::parse(response.body).at("once").at("state").as_string());
    };
    run([&]() -> asio::awaitable<void> {
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("poll", poll());
        auto const reported = co_await router.handle(trace);
        BOOST_TEST(reported.status == 200U);
        co_await tasks.wait_until_empty();
    });
    BOOST_TEST(state == "complete");
}

BOOST_AUTO_TEST_CASE(a_trace_is_shown_as_far_as_it_is_until_it_comes) {
    auto const path = ordered(R"({"once":true,"target":"a.test","probes":["n1","n2"]})");
    BOOST_TEST(in_progress(once_of(path, {{"progress", "0"}})).empty());
    BOOST_TEST(answer(progress(path, "n1", "one", "first")).status == 204U);
    BOOST_TEST(answer(progress(path, "n1", "one", "second")).status == 204U);
    auto once = once_of(path);
    BOOST_TEST(once.at("progress").at("changes").to_number<int>() == 2);
    BOOST_TEST(in_progress(once).empty());  // only for who asks for it
    auto const asked_at = Clock::now();
    once = once_of(path, {{"wait", "60"}, {"progress", "1"}});
    BOOST_TEST((Clock::now() - asked_at >= milliseconds(500)));  // many may tell, at any time
    BOOST_TEST(once.at("progress").at("changes").to_number<int>() == 2);
    BOOST_TEST(in_progress(once).size() == 1U);
    BOOST_TEST(in_progress(once).at(0).at("target").at("host").as_string() == "second");
    BOOST_TEST(once.at("traces").as_array().empty());
    BOOST_TEST(once.at("waiting").as_array().size() == 2U);
    BOOST_TEST(store.kept_traces.empty());

    BOOST_TEST(answer(report_of(path, "n1", "one")).status == 200U);
    BOOST_TEST(answer(progress(path, "n1", "one", "late")).status == 404U);
    once = once_of(path, {{"progress", "2"}});
    BOOST_TEST(in_progress(once).empty());
    BOOST_TEST(once.at("traces").as_array().size() == 1U);
    BOOST_TEST(answer(progress(path, "n2", "two", "first")).status == 204U);
    BOOST_TEST(board.expire_once(wall_clock_now() + seconds(61)));
    BOOST_TEST(in_progress(once_of(path, {{"progress", "3"}})).empty());
}

BOOST_AUTO_TEST_CASE(a_long_run_is_shown_like_a_short_one) {
    auto const path = ordered(R"({"once":true,"target":"a.test","probes":["n1"]})");
    auto told = progress(path, "n1", "one", "a.test");
    auto trace = json::read<Trace>(told.body, json::UnknownKeys::refuse).value();
    while (trace.paths.size() < 256) {
        trace.paths.push_back(trace.paths.front());
        trace.paths.back().flow = static_cast<FlowIndex>(trace.paths.size() - 1);
        trace.paths.back().source_port = static_cast<Port>(24'000 + trace.paths.back().flow);
        trace.packets.sent += 6;
        trace.packets.answered += 3;
    }
    told.body = json::write(trace);
    BOOST_TEST(answer(told).status == 204U);
    auto const once = once_of(path, {{"progress", "0"}});
    BOOST_TEST((boost::json::serialize(in_progress(once)) == '[' + told.body + ']'));
}

BOOST_AUTO_TEST_CASE(progress_is_limited_as_it_is_once_inflated) {
    auto const path = ordered(R"({"once":true,"target":"a.test","probes":["n1"]})");
    auto told = progress(path, "n1", "one", "a.test");
    told.body.append((1 << 20) - told.body.size(), ' ');
    BOOST_TEST(answer(told).status == 204U);
    told.body += ' ';
    BOOST_TEST(answer(told).status == 413U);
}

BOOST_AUTO_TEST_CASE(progress_is_taken_of_who_owes_the_trace_only) {
    auto const stranger = "/api/v1/measurements/" + to_text(make_uuid_v7(wall_clock_now()));
    BOOST_TEST(answer(progress(stranger, "n1", "one", "a")).status == 404U);
    auto const path = ordered(R"({"once":true,"target":"a.test","probes":["n1"]})");
    BOOST_TEST(answer(progress(stranger, "n1", "one", "a")).status == 404U);
    BOOST_TEST(answer(progress(path, "n2", "two", "a")).status == 404U);
    BOOST_TEST(answer(progress(path, "n1", "wrong", "a")).status == 401U);
    auto other = progress(path, "n1", "one", "a");
    other.body.replace(other.body.find("n1"), 2, "n2");
    BOOST_TEST(answer(other).status == 400U);
    for (auto const* const body : {"", "{", "[]", "{}", "[[", "[1,2]"}) {
        auto odd = progress(path, "n1", "one", "a");
        odd.body = body;
        BOOST_TEST(answer(odd).status == 400U, body);
    }
    BOOST_TEST(once_of(path).at("progress").at("changes").to_number<int>() == 0);
}

BOOST_AUTO_TEST_CASE(the_live_feed_tells_of_progress) {
    auto const response = get("/api/v1/live", {{"kinds", "progress"}});
    auto const path = ordered(R"({"once":true,"target":"a.test","probes":["n1"]})");
    answer(progress(path, "n1", "one", "a.test"));
    auto const piece = value_of(response.more());
    BOOST_TEST(contains(piece, "event: progress\n"), piece);
    BOOST_TEST(contains(piece, "\"probe\":\"n1\""), piece);
}

BOOST_AUTO_TEST_CASE(who_has_not_answered_is_named) {
    auto const path =
        ordered(R"({"once":true,"target":"a.test","probes":["n1","n2"],"deadline_s":1})");
    answer(report_of(path, "n1", "one"));
    BOOST_TEST(board.expire_once(wall_clock_now() + seconds(2)));
    auto const once = once_of(path);
    BOOST_TEST(once.at("state").as_string() == "incomplete");
    BOOST_TEST(once.at("missing").at(0).as_string() == "n2");
    BOOST_TEST(once.at("traces").as_array().size() == 1U);
    // What comes late is kept all the same.
    BOOST_TEST(answer(report_of(path, "n2", "two")).status == 200U);
    BOOST_TEST(once_of(path).at("state").as_string() == "complete");
}

BOOST_AUTO_TEST_CASE(probes_are_chosen_by_tag_and_by_count) {
    auto const asked = [&](std::string const& body) {
        return boost::json::serialize(once_of(ordered(body)).at("asked"));
    };
    BOOST_TEST(asked(R"({"once":true,"target":"a","probe_tags":["eu"]})") == R"(["n1"])");
    BOOST_TEST(asked(R"({"once":true,"target":"a"})") == R"(["n1","n2"])");
    auto const none = order(R"({"once":true,"target":"a","count":1})");
    BOOST_TEST(none.status == 400U);
    BOOST_TEST(contains(none.body, "online"));
    answer(as("n2", "two", request("/api/v1/probe/assignment")));
    BOOST_TEST(asked(R"({"once":true,"target":"a","count":1})") == R"(["n2"])");
    BOOST_TEST(asked(R"({"once":true,"target":"a","count":5})") == R"(["n2"])");
}

BOOST_AUTO_TEST_CASE(it_can_be_taken_back) {
    auto const path = ordered(R"({"once":true,"target":"a.test","probes":["n1"]})");
    auto asked = request(path);
    asked.verb = http::Verb::delete_;
    BOOST_TEST(answer(asked).status == 204U);
    BOOST_TEST(board.assignment("n1")->once.empty());
    BOOST_TEST(once_of(path).at("state").as_string() == "incomplete");
}

BOOST_AUTO_TEST_CASE(a_long_poll_is_told_when_it_is_taken_back) {
    auto const path = ordered(R"({"once":true,"target":"a.test","probes":["n1"]})");
    auto asked =
        with_token(token_of(Role::viewer), request(path, {{"wait", "60"}, {"after", "0"}}));
    auto taken_back = with_token(token_of(Role::operator_), request(path));
    taken_back.verb = http::Verb::delete_;
    std::string state;
    auto const poll = [&]() -> asio::awaitable<void> {
        auto const response = co_await router.handle(std::move(asked));
        state = std::string(boost::json::parse(response.body).at("once").at("state").as_string());
    };
    run([&]() -> asio::awaitable<void> {
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("poll", poll());
        auto const gone = co_await router.handle(std::move(taken_back));
        BOOST_TEST(gone.status == 204U);
        co_await tasks.wait_until_empty();
    });
    BOOST_TEST(state == "incomplete");
}

BOOST_AUTO_TEST_CASE(what_was_ordered_stays_as_it_is) {
    auto changed = order_request(R"({"name":"b"})");
    changed.verb = http::Verb::patch;
    changed.path = ordered(R"({"once":true,"target":"a","probes":["n1"]})");
    auto const refused = answer(std::move(changed));
    BOOST_TEST(refused.status == 409U, refused.body);
    auto const unknown = order(R"({"once":true,"target":"a","probes":["n9"]})");
    BOOST_TEST(contains(unknown.body, "there is no probe n9"), unknown.body);
}

BOOST_AUTO_TEST_CASE(faults_name_the_member) {
    for (auto const& [body, path] : std::map<std::string, std::string>{
             {R"({"once":true})", "target"},
             {R"({"once":true,"target":"192.0.2.300"})", "target"},
             {R"({"once":true,"target":"a","probes":["n9"]})", "probes[0]"},
             {R"({"once":true,"target":"a","probe_tags":["x"]})", "probe_tags"},
             {R"({"once":true,"mesh":"eu"})", "mesh"},
             {R"({"target":"a","count":1})", "count"},
             {R"({"once":true,"target":"a","count":0})", "count"},
             {R"({"once":true,"target":"a","deadline_s":3601})", "deadline_s"},
             {R"({"once":true,"name":"m","mesh":"eu"})", "mesh"},
             {R"({"name":"m","target":"a","count":1})", "count"}}) {
        auto const response = order(body);
        BOOST_TEST(response.status == 400U, response.body);
        BOOST_TEST(contains(response.body, "\"path\":\"" + path + '"'), response.body);
    }
    BOOST_TEST(store.kept_entries.empty());
}

BOOST_AUTO_TEST_CASE(the_live_feed_tells_of_traces_and_ends_with_its_listener) {
    auto response = get("/api/v1/live", {{"kinds", "trace,event"}, {"probe", "n1"}});
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(*response.headers.find("Content-Type") == "text/event-stream");
    BOOST_TEST(response.body.starts_with(": "));
    BOOST_TEST(live.listeners() == 1U);
    auto const path = ordered(R"({"once":true,"target":"a.test","probes":["n1","n2"]})");
    answer(report_of(path, "n2", "two"));
    answer(report_of(path, "n1", "one"));
    auto const piece = value_of(response.more());
    BOOST_TEST(contains(piece, "event: trace\n"));
    BOOST_TEST(contains(piece, "\"probe\":\"n1\""));
    BOOST_TEST(!contains(piece, "\"probe\":\"n2\""));
    response = {};
    BOOST_TEST(live.listeners() == 0U);
    BOOST_TEST(get("/api/v1/live", {{"kinds", "traces"}}).status == 400U);
    BOOST_TEST(get("/api/v1/live", {{"measurement", "nothing"}}).status == 400U);
}

BOOST_AUTO_TEST_CASE(the_live_feed_ends_for_who_may_listen_no_more) {
    auto const asked = with_token(token_of(Role::viewer), request("/api/v1/live"));
    auto const response = answer_as_it_is(asked);
    Trace trace;
    trace.probe = "n1";
    master::tell_traces(live, {trace});
    BOOST_TEST(contains(value_of(response.more()), "event: trace\n"));
    accounts.remove_token(accounts.tokens_of("the viewer").front().id);
    master::tell_traces(live, {trace});
    BOOST_TEST(value_of(response.more()) == "");
}

BOOST_AUTO_TEST_CASE(the_live_feed_tells_who_comes) {
    auto const response = get("/api/v1/live", {{"kinds", "probe"}});
    run([&]() -> asio::awaitable<void> {
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("tell", master::tell_probes(
                                live, [this] { return book.names(); }, activity));
        auto piece = co_await response.more();  // how it is to begin with
        BOOST_TEST(contains(piece, R"("name":"n1","online":false)"), piece);
        auto asked = as("n1", "one", request("/api/v1/probe/assignment", {{"wait", "10"}}));
        co_await router.handle(std::move(asked));
        piece = co_await response.more();
        BOOST_TEST(contains(piece, R"("name":"n1","online":true)"), piece);
        co_await tasks.join(seconds(1));
    });
}

BOOST_AUTO_TEST_SUITE_END()
