#include "api/openapi.hpp"

#include "api_fixture.hpp"
#include "resources/views_culprits.hpp"
#include "sample_traces.hpp"

#include <dtrace/json/write.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <json_schema.hpp>

#include <algorithm>
#include <set>
#include <string>

using namespace dtrace;
using namespace dtrace::test;

namespace {

namespace bj = boost::json;

std::string lower_case(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
    return result;
}

struct OpenapiFixture : ApiFixture {
    bj::value const document = bj::parse(get("/api/v1/openapi.json").body);
    SchemaCheck const check{document};

    bj::object const& operation(master::ApiRoute const& route) const {
        return document.at("paths")
            .at(route.pattern)
            .at(lower_case(http::verb_name(route.verb)))
            .as_object();
    }

    void references(bj::value const& value, std::set<std::string>& found) const {
        if (auto const* object = value.if_object()) {
            for (auto const& [name, content] : *object)
                if (name == "$ref")
                    found.insert(std::string(content.as_string()));
                else
                    references(content, found);
        } else if (auto const* array = value.if_array()) {
            for (auto const& element : *array)
                references(element, found);
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(openapi, OpenapiFixture)

BOOST_AUTO_TEST_CASE(every_route_is_there_and_no_other) {
    BOOST_TEST(document.at("openapi").as_string() == "3.1.0");
    std::size_t operations = 0;
    for (auto const& [path, item] : document.at("paths").as_object())
        operations += item.as_object().size();
    BOOST_TEST(operations == master::api_routes().size());
    std::set<std::string> ids;
    for (auto const& route : master::api_routes()) {
        auto const& told = operation(route);
        BOOST_TEST(told.at("summary").as_string() == route.summary);
        BOOST_TEST(ids.insert(std::string(told.at("operationId").as_string())).second,
                   route.pattern);
        for (auto const& answer : route.answers)
            BOOST_TEST(told.at("responses").as_object().contains(std::to_string(answer.status)));
        BOOST_TEST(!route.answers.empty(), route.pattern);
    }
}

BOOST_AUTO_TEST_CASE(every_parameter_is_there) {
    for (auto const& route : master::api_routes()) {
        std::set<std::string> told;
        if (auto const* parameters = operation(route).if_contains("parameters"))
            for (auto const& parameter : parameters->as_array())
                told.insert(std::string(parameter.at("in").as_string()) + ' ' +
                            std::string(parameter.at("name").as_string()));
        std::set<std::string> expected;
        for (auto const& parameter : route.query)
            expected.insert("query " + std::string(parameter.name));
        for (auto const* name : {"name", "id", "any"})
            if (contains(route.pattern, '{' + std::string(name) + '}'))
                expected.insert("path " + std::string(name));
        bool const is_change =
            route.verb != http::Verb::get && route.access >= master::Access::user;
        if (is_change) expected.insert("header X-CSRF-Token");
        bool const is_shared = route.pattern.starts_with("/api/v1/probes/") ||
                               route.pattern.starts_with("/api/v1/measurements/");
        if (is_shared) expected.insert(is_change ? "header If-Match" : "header If-None-Match");
        BOOST_TEST(told == expected, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(handlers_know_the_parameters_of_the_table_and_no_others) {
    set_up();
    for (auto const& route : master::api_routes()) {
        if (route.verb != http::Verb::get || route.query.empty()) continue;
        auto asked = request(std::string(route.pattern), {{"no-such-parameter", "1"}});
        if (route.access == master::Access::probe) asked = as("n1", "one", asked);
        auto const body = answer(asked).body;
        for (auto const& parameter : route.query)
            BOOST_TEST(contains(body, parameter.name), body);
        BOOST_TEST(static_cast<std::size_t>(std::ranges::count(body, ',')) >= route.query.size());
    }
}

BOOST_AUTO_TEST_CASE(every_form_of_an_answer_is_there) {
    for (auto const& route : master::api_routes())
        for (auto const& answer : route.answers) {
            if (answer.content.type.empty()) continue;
            auto const& told =
                operation(route).at("responses").at(std::to_string(answer.status)).at("content");
            BOOST_TEST(told.as_object().contains(answer.content.type), route.pattern);
        }
}

BOOST_AUTO_TEST_CASE(references_lead_somewhere) {
    std::set<std::string> found;
    references(document, found);
    BOOST_TEST(found.size() > 10U);
    for (auto const& reference : found)
        BOOST_CHECK_NO_THROW((void)check.target_of(reference));
}

BOOST_AUTO_TEST_CASE(answers_are_as_described) {
    set_up();
    store.kept_traces.push_back(sample_trace("n1", first));
    store.kept_hours.push_back({.start = wall_clock_now() - std::chrono::hours(5), .rollup = {}});
    answer(as("n1", "one", request("/api/v1/probe/assignment")));
    auto const id = std::string(to_text(store.kept_traces.front().id));
    master::CulpritRecord culprit;
    culprit.id = store.kept_traces.front().id;
    store.kept_culprits.push_back({.id = culprit.id,
                                   .first_seen = culprit.first_seen,
                                   .last_seen = culprit.last_seen,
                                   .open = true,
                                   .content = json::write(culprit)});
    Event event;
    event.id = culprit.id;
    store.kept_events.push_back(event);
    for (auto const& route : master::api_routes()) {
        if (route.verb != http::Verb::get) continue;
        if (route.pattern == "/assets/{name}") continue;  // handlers_dashboard_test
        auto path = std::string(route.pattern);
        auto const& thing = contains(path, "measurements") ? std::string(first_id) : id;
        if (auto const place = path.find("{id}"); place != std::string::npos)
            path.replace(place, 4, thing);
        if (auto const place = path.find("{name}"); place != std::string::npos)
            path.replace(place, 6, "n1");
        auto asked = request(path);
        if (route.pattern == "/api/v1/history" || route.pattern == "/api/v1/rounds")
            asked.query = {{"probe", "n1"}, {"measurement", "First"}};
        if (route.pattern == "/api/v1/history") asked.query["hops"] = "true";
        if (route.access == master::Access::probe) asked = as("n1", "one", asked);
        auto const response = answer(asked);
        BOOST_TEST_CONTEXT(path) {
            BOOST_REQUIRE_MESSAGE(response.status == 200U, response.body);
            auto const& content =
                operation(route).at("responses").at("200").at("content").as_object();
            auto const type = std::string(*response.headers.find("Content-Type"));
            auto const& described = content.begin()->key();
            BOOST_TEST(type.starts_with(std::string_view(described)));
            if (described != "application/json") continue;
            auto const fault =
                check.fault(bj::parse(response.body), content.begin()->value().at("schema"));
            BOOST_TEST(fault == "");
        }
    }
}

BOOST_AUTO_TEST_CASE(slaves_get_what_is_described) {
    set_up();
    auto asked = request("/config/");
    asked.verb = http::Verb::post;
    asked.body = R"({"Name":"n1","Password":"one"})";
    auto const type = std::string(*answer_as_it_is(asked).headers.find("Content-Type"));
    auto const& told = document.at("paths").at("/config/").at("post").at("responses").at("200");
    BOOST_TEST(type.starts_with(std::string_view(told.at("content").as_object().begin()->key())));
}

BOOST_AUTO_TEST_CASE(a_patch_may_leave_members_out_or_take_them_away) {
    auto const& body =
        document.at("paths").at("/api/v1/probes/{name}").at("patch").at("requestBody");
    auto const& schema = body.at("content").at("application/merge-patch+json").at("schema");
    BOOST_TEST(!schema.as_object().contains("required"));
    auto const& description = schema.at("properties").at("description").at("anyOf").as_array();
    BOOST_TEST(description.at(0).at("type").as_string() == "string");
    BOOST_TEST(description.at(1).at("type").as_string() == "null");
}

BOOST_AUTO_TEST_CASE(sessions_are_described_as_they_are) {
    auto const& schemes = document.at("components").at("securitySchemes");
    BOOST_TEST(schemes.at("session").at("name").as_string() == master::cookie_name(false));
    BOOST_TEST(schemes.at("secure_session").at("name").as_string() == master::cookie_name(true));
}

BOOST_AUTO_TEST_CASE(the_check_finds_faults) {
    auto const schema = bj::parse(
        R"({"type":"object","properties":{"a":{"type":"integer","minimum":1,"maximum":2},)"
        R"("b":{"type":"array","items":{"type":"string","enum":["x"]}},)"
        R"("c":{"type":"string","format":"uuid"}},"required":["a"]})");
    auto const fault = [&](std::string_view text) { return check.fault(bj::parse(text), schema); };
    BOOST_TEST(fault(R"({"a":1,"b":["x"]})") == "");
    BOOST_TEST(fault(R"({"b":[]})") == ".a: is missing");
    BOOST_TEST(fault(R"({"a":0})") == ".a: too small");
    BOOST_TEST(fault(R"({"a":3})") == ".a: too large");
    BOOST_TEST(fault(R"({"a":"1"})") == ".a: is no integer");
    BOOST_TEST(fault(R"({"a":1,"b":["x","y"]})") == ".b[1]: is none of the allowed");
    BOOST_TEST(fault(R"({"a":1,"c":"x"})") == ".c: is no uuid");
    BOOST_TEST(fault(R"({"a":1,"d":1})") == ".d: is not described");
    BOOST_TEST(fault("[]") == ": is no object");
}

BOOST_AUTO_TEST_SUITE_END()
