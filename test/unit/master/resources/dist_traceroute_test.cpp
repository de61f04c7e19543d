#include "api_fixture.hpp"
#include "resources/handlers_dist_traceroute.hpp"

#include <dtrace/dist_traceroute/slave_trace.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::test;

namespace {

/// Slaves n1 (secret "one") and n2; what they send is what dist-traceroute's slaves sent.
struct DistTracerouteFixture : ApiFixture {
    http::Router slaves{master::routes(
        api, master::dist_traceroute_rows({.refusal = milliseconds(1), .trouble = {}}))};

    DistTracerouteFixture() {
        set_up();
        auto target = measurement(first, "Chain-Target");
        target.target = "10.77.4.2";
        board.set_measurements({target}, std::nullopt);
    }

    http::Response post(std::string path, std::string body) {
        auto request = ApiFixture::request(std::move(path));
        request.verb = http::Verb::post;
        request.body = std::move(body);
        request.headers.set("User-Agent", "Go-http-client/1.1");
        return value_of(slaves.handle(std::move(request)));
    }

    static std::string result(std::string const& hops, std::string const& count = "2",
                              std::string const& name = "ChainTarget",
                              std::string const& password = "one") {
        return R"({"Creds":{"Name":"n1","Password":")" + password +
               R"("},"ID":"1fb82357-1b74-4369-8f9a-fb4feef0a92b",)"
               R"("DateTime":"2026-11-22T13:29:01.065147065Z","Target":{"Name":")" +
               name + R"(","Address":"10.77.4.2"},"Success":true,"HopCount":)" + count +
               R"(,"Hops":[)" + hops + "]}";
    }
    static std::string last_result(std::string const& target_id, std::string const& hops,
                                   std::string const& count = "2") {
        return R"({"Slave":{"ID":"5acb3676-6c21-43eb-bc16-d26709aa0439","Name":"n1","Secret":"one"},)"
               R"("ID":"274d2466-0ff3-4cd4-a5c2-f580dd87ec63","DateTime":"2026-11-22T13:37:46.8Z",)"
               R"("Target":{"ID":")" +
               target_id +
               R"(","Name":"ChainTarget","Address":"10.77.4.2","Retries":1,"MaxHops":30,)"
               R"("TimeoutMs":500},"Success":true,"HopCount":)" +
               count + R"(,"Hops":[)" + hops + "]}";
    }
    static constexpr char const* two_hops =
        R"({"Success":true,"Address":[10,77,0,2],"Host":"","N":52,"ElapsedTime":30000,"TTL":1},)"
        R"({"Success":true,"Address":[10,77,4,2],"Host":"","N":52,"ElapsedTime":60000,"TTL":2})";
    static constexpr char const* accepted = R"({"Success":true,"Error":"","RetryPossible":true})";
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dist_traceroute_api, DistTracerouteFixture)

BOOST_AUTO_TEST_CASE(a_slave_of_the_first_generation_gets_its_work) {
    for (auto const* path : {"/config/", "/config/anything"}) {
        auto const response = post(path, R"({"Name":"n1","Password":"one"})");
        BOOST_TEST(response.status == 200U);
        BOOST_TEST(response.headers.find("Content-Type").value_or("") ==
                   "text/plain; charset=utf-8");
        BOOST_TEST(response.body == R"({"Targets":{"76d96640-d357-47b3-ba50-5248a7604bc9":)"
                                    R"({"Name":"ChainTarget","Address":"10.77.4.2"}},)"
                                    R"("Retries":2,"MaxHops":30,"TimeoutMs":500})");
    }
    BOOST_TEST(activity.find("n1")->version == "dist-traceroute/2019-08");
    BOOST_TEST(activity.is_online("n1", Clock::now() + seconds(100)));
}

BOOST_AUTO_TEST_CASE(a_slave_of_the_last_generation_gets_its_work) {
    auto const response =
        post("/slave/config",
             R"({"ID":"00000000-0000-0000-0000-000000000000","Name":"n1","Secret":"one"})");
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(contains(response.body, "\t\t\t\"Name\": \"ChainTarget\",\n"));
    BOOST_TEST(activity.find("n1")->version == "dist-traceroute/2019-11");
}

BOOST_AUTO_TEST_CASE(strangers_get_401_in_plain_words) {
    for (auto const& [path, body] : std::map<std::string, std::string>{
             {"/config/", R"({"Name":"n1","Password":"bad"})"},
             {"/config/a", R"({"Name":"nobody","Password":"one"})"},
             {"/slave/config", R"({"Name":"n1","Password":"one"})"},
             {"/results/", result(two_hops, "2", "ChainTarget", "bad")}}) {
        auto const response = post(path, body);
        BOOST_TEST(response.status == 401U);
        BOOST_TEST(response.body == "Unauthorized\n");
    }
    BOOST_TEST(store.kept_traces.empty());
    BOOST_TEST(post("/config/", "{\"Name\":").status == 400U);
    BOOST_TEST(post("/config/", "{\"Name\":").body == "Can't unmarshal request body\n");
}

BOOST_AUTO_TEST_CASE(a_result_of_the_first_generation_becomes_a_trace_once) {
    for (auto const* path : {"/results/", "/results/post", "/results/"}) {
        auto const response = post(path, result(two_hops));
        BOOST_TEST(response.status == 200U);
        BOOST_TEST(response.body == accepted);
    }
    BOOST_REQUIRE(store.kept_traces.size() == 1U);
    auto const& trace = store.kept_traces.front();
    BOOST_TEST(dist_traceroute::is_from_slave(trace));
    BOOST_TEST(trace.probe == "n1");
    BOOST_TEST((trace.measurement == MeasurementName{first, "Chain-Target"}));
    BOOST_TEST((trace.stop_reason == StopReason::completed));
    BOOST_TEST(ingest.counters().accepted == 1U);
    BOOST_TEST(ingest.counters().known == 2U);
    BOOST_TEST(activity.find("n1")->traces == 1U);
}

BOOST_AUTO_TEST_CASE(a_result_of_the_last_generation_becomes_a_trace) {
    auto const response = post("/slave/results", last_result(std::string(first_id), two_hops));
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(response.body ==
               "{\n\t\"Success\": true,\n\t\"Error\": \"\",\n\t\"RetryPossible\": true\n}");
    BOOST_REQUIRE(store.kept_traces.size() == 1U);
    BOOST_TEST(store.kept_traces.front().measurement->name == "Chain-Target");
}

BOOST_AUTO_TEST_CASE(a_silent_path_is_taken_as_a_failure) {
    BOOST_TEST(post("/results/", result("", "0")).body == accepted);
    BOOST_TEST(post("/slave/results", last_result(std::string(first_id), "", "0")).status == 200U);
    BOOST_REQUIRE(store.kept_traces.size() == 2U);
    for (auto const& trace : store.kept_traces)
        BOOST_TEST((trace.stop_reason == StopReason::error));
}

BOOST_AUTO_TEST_CASE(the_first_generation_is_told_to_stop_whatever_it_sends) {
    for (auto const& body : {std::string(), std::string(R"({"Creds":{)"), std::string("[]"),
                             result(two_hops, "101"), result(two_hops, "2", "")}) {
        auto const response = post("/results/", body);
        BOOST_TEST(response.status == 200U);
        BOOST_TEST(response.body.starts_with(R"({"Success":false,"Error":")"));
        BOOST_TEST(response.body.ends_with(R"(","RetryPossible":false})"));
    }
    BOOST_TEST(store.kept_traces.empty());
    BOOST_TEST(ingest.counters().refused == 2U);
}

BOOST_AUTO_TEST_CASE(the_last_generation_gets_the_statuses_of_its_master) {
    auto const stranger =
        post("/slave/results", last_result("11111111-1111-1111-1111-111111111111", two_hops));
    BOOST_TEST(stranger.status == 400U);
    BOOST_TEST(stranger.body == "Supplied target ID doesn't match a target in the DB\n");
    auto const many = post("/slave/results", last_result(std::string(first_id), two_hops, "101"));
    BOOST_TEST(many.status == 400U);
    BOOST_TEST(many.body ==
               "Result validation failed: HopCount: 101 does not validate as range(1|100)\n");
    auto const broken = post("/slave/results", "{");
    BOOST_TEST(broken.status == 400U);
    BOOST_TEST(contains(broken.body, "\"RetryPossible\": false"));
}

BOOST_AUTO_TEST_CASE(results_for_what_is_no_longer_measured_are_kept) {
    board.set_measurements({}, std::nullopt);
    BOOST_TEST(post("/slave/results", last_result(std::string(first_id), two_hops)).status == 200U);
    BOOST_TEST(post("/results/", result(two_hops, "2", "Gone")).body == accepted);
    BOOST_REQUIRE(store.kept_traces.size() == 2U);
    BOOST_TEST((store.kept_traces[0].measurement->id == first));
    BOOST_TEST(!store.kept_traces[1].measurement);
    BOOST_TEST(store.kept_traces[1].target.host == "10.77.4.2");
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_while_the_store_fails) {
    store.failure = make_error(boost::system::errc::no_space_on_device, "no space left");
    auto const response = post("/results/", result(two_hops));
    BOOST_TEST(response.status == 500U);
    BOOST_TEST(response.body == "Database error\n");
    store.failure.reset();
    BOOST_TEST(post("/results/", result(two_hops)).body == accepted);
}

BOOST_AUTO_TEST_CASE(more_hops_than_a_slave_measures_are_refused) {
    auto const hops = [](int count) {
        std::string list = "{}";
        for (int i = 1; i < count; ++i)
            list += ",{}";
        return list;
    };
    auto const response = post("/results/", result(hops(1'101)));
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(contains(response.body, "Hops: must be at most 1100"));
    BOOST_TEST(response.body.ends_with(R"("RetryPossible":false})"));
    BOOST_TEST(store.kept_traces.empty());
    BOOST_TEST(post("/results/", result(hops(1'100))).body == accepted);
}

BOOST_AUTO_TEST_CASE(what_no_slave_sends_is_refused_unread) {
    std::string const long_name(2 << 20, 'x');
    for (auto const* path : {"/config/", "/config/a", "/slave/config"}) {
        // Read, it would be a stranger.
        auto const body = R"({"Name":")" + long_name.substr(0, 20'000) + R"("})";
        BOOST_TEST(post(path, body).status == 413U);
    }
    auto const first_answer = post("/results/", result(two_hops, "2", long_name, "bad"));
    BOOST_TEST(first_answer.status == 200U);
    BOOST_TEST(
        first_answer.body ==
        R"({"Success":false,"Error":"Request body larger than 1 MiB","RetryPossible":false})");
    BOOST_TEST(post("/slave/results", result(two_hops, "2", long_name)).status == 400U);
}

BOOST_AUTO_TEST_SUITE_END()
