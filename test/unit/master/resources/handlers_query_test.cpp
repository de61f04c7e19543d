#include "api_fixture.hpp"
#include "sample_traces.hpp"

#include <dtrace/json/read.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::test;

namespace {

struct HandlersQueryFixture : ApiFixture {
    HandlersQueryFixture() {
        set_up();
        for (int i = 0; i < 3; ++i)
            store.kept_traces.push_back(sample_trace("n1", first));
    }

    boost::json::value json_of(std::string path, std::map<std::string, std::string> query = {}) {
        auto const response = get(std::move(path), std::move(query));
        BOOST_TEST(response.status == 200U, response.body);
        BOOST_TEST(contains(*response.headers.find("Content-Type"), "application/json"));
        return boost::json::parse(response.body);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handlers_query, HandlersQueryFixture)

BOOST_AUTO_TEST_CASE(traces_are_filtered_and_paged) {
    auto const page = json_of("/api/v1/traces", {{"probe", "n1"},
                                                 {"measurement", "First"},
                                                 {"from", "2026-11-22T00:00:00Z"},
                                                 {"to", "2026-11-23T00:00:00+01:00"},
                                                 {"limit", "2"},
                                                 {"cursor", "c"}});
    BOOST_TEST(page.at("traces").as_array().size() == 2U);
    BOOST_TEST(page.at("next").as_string() == "more");
    BOOST_REQUIRE(store.last_query);
    BOOST_TEST(*store.last_query->probe == "n1");
    BOOST_TEST((store.last_query->measurement == first));
    BOOST_TEST((*store.last_query->to - *store.last_query->from == std::chrono::hours(23)));
    BOOST_TEST(store.last_query->limit == 2U);
    BOOST_TEST(store.last_query->cursor == "c");

    auto const all = json_of("/api/v1/traces");
    BOOST_TEST(all.at("traces").as_array().size() == 3U);
    BOOST_TEST(!all.as_object().contains("next"));
    BOOST_TEST(store.last_query->limit == 100U);
    BOOST_TEST(!store.last_query->measurement);
    json_of("/api/v1/traces", {{"measurement", std::string(first_id)}, {"probe", ""}});
    BOOST_TEST((store.last_query->measurement == first));
    BOOST_TEST(!store.last_query->probe);
}

BOOST_AUTO_TEST_CASE(wrong_parameters_are_named) {
    for (auto const& [name, value] : std::map<std::string, std::string>{{"measurement", "nothing"},
                                                                        {"from", "yesterday"},
                                                                        {"to", "2026-11-22"},
                                                                        {"limit", "1001"},
                                                                        {"cursor", "foreign"},
                                                                        {"prob", "n1"}}) {
        auto const response = get("/api/v1/traces", {{name, value}});
        BOOST_TEST(response.status == 400U, name);
        BOOST_TEST(contains(response.body, "\"path\":\"" + name + "\""), response.body);
    }
    BOOST_TEST(get("/api/v1/traces", {{"limit", "0"}}).status == 400U);
    BOOST_TEST(
        get("/api/v1/traces", {{"from", "2026-11-22T00:00:00Z"}, {"to", "2026-11-21T00:00:00Z"}})
            .status == 400U);
    for (auto const* path : {"/api/v1/status", "/api/v1/probes", "/api/v1/measurements"})
        BOOST_TEST(get(path, {{"x", "1"}}).status == 400U, path);
}

BOOST_AUTO_TEST_CASE(a_long_page_is_written_on_the_pool) {
    for (int i = 0; i < 200; ++i)
        store.kept_traces.push_back(sample_trace("n1", first));
    BOOST_TEST(json_of("/api/v1/traces", {{"limit", "150"}}).at("traces").as_array().size() ==
               150U);
    BOOST_TEST(workers.counters().done == 1U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_counted) {
    auto const series = std::map<std::string, std::string>{
        {"probe", "n1"}, {"measurement", "First"}, {"from", "2026-11-22T14:00:00Z"}};
    for (auto const* path : {"/api/v1/traces", "/api/v1/rounds", "/api/v1/history"})
        BOOST_TEST(!contains(get(path, series).body, "unreadable"), path);
    auto const then = std::map<std::string, std::string>{{"at", "2026-11-22T14:00:00Z"}};
    for (auto const* path : {"/api/v1/matrix", "/api/v1/matrix/columns"})
        BOOST_TEST(!contains(get(path, then).body, "unreadable"), path);
    for (auto const* path : {"/api/v1/events", "/api/v1/graph"})
        BOOST_TEST(!contains(get(path).body, "unreadable"), path);
    BOOST_TEST(!get("/api/v1/traces", {{"format", "csv"}}).headers.find("Unreadable-Traces"));
    store.unreadable.count = 2;
    for (auto const* path : {"/api/v1/events", "/api/v1/graph"})
        BOOST_TEST(json_of(path).at("unreadable").as_int64() == 2, path);
    for (auto const* path : {"/api/v1/matrix", "/api/v1/matrix/columns"})
        BOOST_TEST(json_of(path, then).at("unreadable").as_int64() == 2, path);
    for (auto const* path : {"/api/v1/traces", "/api/v1/rounds", "/api/v1/history"})
        BOOST_TEST(json_of(path, series).at("unreadable").as_int64() == 2, path);
    auto const csv = get("/api/v1/traces", {{"format", "csv"}});
    BOOST_TEST(*csv.headers.find("Unreadable-Traces") == "2");
}

BOOST_AUTO_TEST_CASE(traces_come_in_other_forms) {
    auto const as_form = [&](std::string const& form) {
        return get("/api/v1/traces", {{"format", form}, {"limit", "2"}, {"cursor", "c"}});
    };
    auto const type = [](http::Response const& response) {
        return std::string(*response.headers.find("Content-Type"));
    };
    auto const csv = as_form("csv");
    BOOST_TEST(type(csv) == "text/csv; charset=utf-8");
    BOOST_TEST(csv.body.starts_with("trace,probe,measurement,target"));
    BOOST_TEST(*csv.headers.find("Next-Cursor") == "more");
    auto const text = as_form("text");
    BOOST_TEST(type(text) == "text/plain; charset=utf-8");
    BOOST_TEST(contains(text.body, " from n1: traceroute to "), text.body);
    auto const atlas = as_form("atlas");
    BOOST_TEST(type(atlas) == "application/json");
    auto const paths = store.kept_traces[0].paths.size();
    BOOST_TEST(boost::json::parse(atlas.body).as_array().size() == 2 * paths);
    BOOST_TEST(as_form("json").body ==
               get("/api/v1/traces", {{"limit", "2"}, {"cursor", "c"}}).body);
    BOOST_TEST(!as_form("json").headers.find("Next-Cursor"));
    auto const wrong = as_form("xml");
    BOOST_TEST(wrong.status == 400U);
    BOOST_TEST(contains(wrong.body, R"("path":"format")"), wrong.body);

    auto const path = "/api/v1/traces/" + to_text(store.kept_traces[1].id);
    BOOST_TEST(type(get(path, {{"format", "csv"}})) == "text/csv; charset=utf-8");
    BOOST_TEST(boost::json::parse(get(path, {{"format", "atlas"}}).body).as_array().size() ==
               paths);
    BOOST_TEST(get(path, {{"format", "xml"}}).status == 400U);
}

BOOST_AUTO_TEST_CASE(the_latest_traces_are_asked_for) {
    json_of("/api/v1/traces");
    BOOST_TEST(!store.last_query->latest);
    json_of("/api/v1/traces", {{"latest", "true"}});
    BOOST_TEST(store.last_query->latest);
    BOOST_TEST(get("/api/v1/traces", {{"latest", "yes"}}).status == 400U);
}

BOOST_AUTO_TEST_CASE(rounds_are_columns) {
    auto& rounds = store.kept_rounds;
    rounds.started_at = {*parse<Timestamp>("2026-11-22T14:00:00Z")};
    rounds.id = {first};
    rounds.target = {.sent = {3}, .answered = {2}, .rtt_us = {21'934}};
    rounds.hops = {{.ttl = 1, .counts = {.sent = {3}, .answered = {0}, .rtt_us = {0}}}};
    auto const response = get("/api/v1/rounds", {{"probe", "n1"},
                                                 {"measurement", "First"},
                                                 {"from", "2026-11-22T00:00:00Z"},
                                                 {"limit", "7"}});
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(
        contains(response.body, R"("started_at":["2026-11-22T14:00:00.000000Z"],"id":[")" +
                                    std::string(first_id) +
                                    R"("],"target":{"sent":[3],"answered":[2],"rtt_us":[21934]},)"
                                    R"("hops":[{"ttl":1,"sent":[3],"answered":[0],"rtt_us":[0]}],)"
                                    R"("truncated":false})"),
        response.body);
    rounds.next = *parse<Timestamp>("2026-11-22T14:00:00.000001Z");
    auto const more = get("/api/v1/rounds", {{"probe", "n1"}, {"measurement", "First"}}).body;
    BOOST_TEST(contains(more, R"("truncated":true,"next":"2026-11-22T14:00:00.000001Z"})"), more);
    json_of("/api/v1/rounds", {{"probe", "n1"}, {"measurement", "First"}, {"limit", "7"}});
    BOOST_TEST(store.last_rounds->probe == "n1");
    BOOST_TEST((store.last_rounds->measurement == first));
    BOOST_TEST(store.last_rounds->limit == 7U);
    json_of("/api/v1/rounds", {{"probe", "n1"}, {"measurement", "First"}});
    BOOST_TEST((store.last_rounds->to - store.last_rounds->from == std::chrono::days(1)));
    for (auto const& [name, value] : std::map<std::string, std::string>{
             {"probe", ""}, {"measurement", ""}, {"limit", "10001"}, {"step", "3600"}}) {
        std::map<std::string, std::string> query{{"probe", "n1"}, {"measurement", "First"}};
        query[name] = value;
        auto const refused = get("/api/v1/rounds", query);
        BOOST_TEST(refused.status == 400U, name);
        BOOST_TEST(contains(refused.body, "\"path\":\"" + name + "\""), refused.body);
    }
}

BOOST_AUTO_TEST_CASE(one_trace_is_the_trace) {
    auto const& trace = store.kept_traces[1];
    auto const response = get("/api/v1/traces/" + to_text(trace.id));
    BOOST_TEST(response.status == 200U);
    auto const read = json::read<Trace>(response.body, json::UnknownKeys::refuse);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == trace));
    BOOST_TEST(get("/api/v1/traces/" + to_text(make_uuid_from_name("x"))).status == 404U);
    BOOST_TEST(get("/api/v1/traces/x").status == 400U);
}

BOOST_AUTO_TEST_CASE(probes_say_who_is_there) {
    answer(as("n1", "one", request("/api/v1/probe/assignment")));
    auto const body = json_of("/api/v1/probes");
    auto const& list = body.at("probes").as_array();
    BOOST_REQUIRE(list.size() == 2);
    BOOST_TEST(list[0].at("name").as_string() == "n1");
    BOOST_TEST(list[0].at("online").as_bool());
    BOOST_TEST(list[0].at("measurements").as_int64() == 2);
    BOOST_TEST(list[0].at("address").as_string() == "192.0.2.77");
    BOOST_TEST(list[0].at("version").as_string() == "9.8.7");
    BOOST_TEST(list[0].at("tags").as_array().size() == 1U);
    BOOST_TEST(!list[1].at("online").as_bool());
    BOOST_TEST(!list[1].as_object().contains("last_seen"));
}

BOOST_AUTO_TEST_CASE(measurements_say_what_is_asked) {
    auto const body = json_of("/api/v1/measurements");
    BOOST_TEST(body.at("measurements").as_array().size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_status_counts) {
    answer(as("n1", "wrong", request("/api/v1/probe/assignment")));
    answer(as("n1", "one", report("garbage")));
    auto const status = json_of("/api/v1/status");
    BOOST_TEST(status.at("version").as_string() == DTRACE_VERSION);
    BOOST_TEST(status.at("probes").at("known").as_int64() == 2);
    BOOST_TEST(status.at("probes").at("online").as_int64() == 1);
    BOOST_TEST(status.at("measurements").as_int64() == 2);
    BOOST_TEST(status.at("store").at("ok").as_bool());
    BOOST_TEST(status.at("store").at("traces").as_int64() == 3);
    BOOST_TEST(status.at("reports").at("refused").as_int64() == 1);
    BOOST_TEST(status.at("logins").at("failed").as_int64() == 1);
    BOOST_TEST(status.at("watch").at("verdicts").as_int64() == 0);
    BOOST_TEST(status.at("watch").at("open_culprits").as_int64() == 0);
    BOOST_TEST(!status.at("watch").as_object().contains("last_verdict_at"));
    BOOST_TEST(status.at("config_files").as_array().size() == 3U);
    BOOST_TEST(status.at("uptime_s").as_int64() >= 0);
}

BOOST_AUTO_TEST_CASE(no_answer_shows_a_secret) {
    book.set_hash(*book.next_unhashed(), "$argon2id$of-n1");
    for (auto const& route : router.routes()) {
        auto const response = get(route.pattern);
        bool const speaks_of_them = route.pattern == "/api/v1/openapi.json";
        for (auto const* secret : {"\"one\"", "\"two\"", "argon2id", "password"})
            BOOST_TEST((speaks_of_them || !contains(response.body, secret)), route.pattern);
    }
}

BOOST_AUTO_TEST_CASE(health_is_whether_traces_can_be_stored) {
    BOOST_TEST(get("/healthz").status == 200U);
    store.failure = make_error(boost::system::errc::io_error, "the file is damaged");
    auto const sick = get("/healthz");
    BOOST_TEST(sick.status == 503U);
    BOOST_TEST(contains(sick.body, "the file is damaged"));
    BOOST_TEST(store.times_counted == 0);  // which waits behind whatever is read
    BOOST_TEST(get("/api/v1/traces").status == 503U);
    BOOST_TEST(get("/api/v1/traces/" + std::string(first_id)).status == 503U);
    auto const status = json_of("/api/v1/status");
    BOOST_TEST(!status.at("store").at("ok").as_bool());
    BOOST_TEST(status.at("store").at("reason").as_string() == "the file is damaged");
}

BOOST_AUTO_TEST_CASE(the_root_points_to_the_api) {
    auto const response = get("/");
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(contains(response.body, "/api/v1/status"));
    BOOST_TEST(get("/api/v2").status == 404U);
    BOOST_TEST(answer(report("[]")).status == 401U);
    auto wrong_verb = request("/api/v1/traces");
    wrong_verb.verb = http::Verb::delete_;
    BOOST_TEST(answer(wrong_verb).status == 405U);
}

BOOST_AUTO_TEST_SUITE_END()
