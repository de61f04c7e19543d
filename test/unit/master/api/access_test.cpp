// Every route × everybody: who gets in. A new route needs its line here.

#include "api_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>

using namespace dtrace;
using namespace dtrace::test;
using master::Access;

namespace {

std::map<std::string, Access> const intended{
    {"GET /", Access::anyone},
    {"GET /assets/{name}", Access::anyone},
    {"GET /healthz", Access::anyone},
    {"GET /api/v1/openapi.json", Access::anyone},
    {"GET /api/v1/status", Access::viewer},
    {"GET /metrics", Access::scraper},
    {"GET /api/v1/probe/assignment", Access::probe},
    {"POST /api/v1/probe/reports", Access::probe},
    {"POST /api/v1/session", Access::anyone},
    {"GET /api/v1/session", Access::viewer},
    {"DELETE /api/v1/session", Access::user},
    {"POST /api/v1/session/password", Access::user},
    {"GET /api/v1/tokens", Access::user},
    {"POST /api/v1/tokens", Access::user},
    {"DELETE /api/v1/tokens/{id}", Access::user},
    {"GET /api/v1/users", Access::admin},
    {"POST /api/v1/users", Access::admin},
    {"PATCH /api/v1/users/{name}", Access::admin},
    {"DELETE /api/v1/users/{name}", Access::admin},
    {"GET /api/v1/audit", Access::admin},
    {"GET /api/v1/alerts", Access::operator_},
    {"POST /api/v1/alerts/test", Access::admin},
    {"GET /api/v1/probes", Access::viewer},
    {"POST /api/v1/probes", Access::operator_},
    {"GET /api/v1/probes/{name}", Access::viewer},
    {"PUT /api/v1/probes/{name}", Access::operator_},
    {"PATCH /api/v1/probes/{name}", Access::operator_},
    {"DELETE /api/v1/probes/{name}", Access::operator_},
    {"GET /api/v1/measurements", Access::viewer},
    {"POST /api/v1/measurements", Access::operator_},
    {"GET /api/v1/measurements/{id}", Access::viewer},
    {"PUT /api/v1/measurements/{id}", Access::operator_},
    {"PATCH /api/v1/measurements/{id}", Access::operator_},
    {"DELETE /api/v1/measurements/{id}", Access::operator_},
    {"GET /api/v1/matrix", Access::viewer},
    {"GET /api/v1/matrix/columns", Access::viewer},
    {"GET /api/v1/live", Access::viewer},
    {"GET /api/v1/traces", Access::viewer},
    {"GET /api/v1/traces/{id}", Access::viewer},
    {"GET /api/v1/culprits", Access::viewer},
    {"GET /api/v1/culprits/{id}", Access::viewer},
    {"GET /api/v1/events", Access::viewer},
    {"GET /api/v1/events/{id}", Access::viewer},
    {"GET /api/v1/graph", Access::viewer},
    {"GET /api/v1/addresses", Access::viewer},
    {"GET /api/v1/history", Access::viewer},
    {"GET /api/v1/rounds", Access::viewer},
    {"POST /config/", Access::slave},
    {"POST /config/{any}", Access::slave},
    {"POST /results/", Access::slave},
    {"POST /results/{any}", Access::slave},
    {"POST /slave/config", Access::slave},
    {"POST /slave/results", Access::slave},
};

enum class Who { nobody, probe, viewer, operator_, admin };

std::string name_of(http::Verb verb, std::string_view pattern) {
    return std::string(http::verb_name(verb)) + ' ' + std::string(pattern);
}

/// None: they get in. Else the status that keeps them out.
std::optional<unsigned> refusal(Access access, Who who) {
    if (access == Access::anyone) return std::nullopt;
    if (access == Access::probe)
        return who == Who::probe ? std::nullopt : std::optional<unsigned>(401);
    if (who == Who::nobody || who == Who::probe) return 401;
    auto const needed = access == Access::admin       ? Who::admin
                        : access == Access::operator_ ? Who::operator_
                                                      : Who::viewer;
    return who >= needed ? std::nullopt : std::optional<unsigned>(403);
}

struct AccessFixture : ApiFixture {
    std::map<Who, std::string> tokens{{Who::viewer, token_of(Role::viewer)},
                                      {Who::operator_, token_of(Role::operator_)},
                                      {Who::admin, token_of(Role::admin)}};

    AccessFixture() { set_up(); }

    unsigned status_for(http::Verb verb, std::string_view pattern, Who who) {
        auto asked = request(std::string(pattern));
        asked.verb = verb;
        if (who == Who::probe)
            asked = as("n1", "one", std::move(asked));
        else if (who != Who::nobody)
            asked = with_token(tokens.at(who), std::move(asked));
        return answer_as_it_is(std::move(asked)).status;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(who_may_do_what, AccessFixture)

BOOST_AUTO_TEST_CASE(the_table_is_as_intended) {
    std::set<std::string> seen;
    for (auto const& route : master::api_routes()) {
        auto const name = name_of(route.verb, route.pattern);
        seen.insert(name);
        auto const wanted = intended.find(name);
        BOOST_TEST((wanted != intended.end()), name << " has no line in this test");
        if (wanted != intended.end()) BOOST_TEST((wanted->second == route.access), name);
    }
    for (auto const& [name, access] : intended)
        BOOST_TEST(seen.contains(name), name << " is not a route any more");
}

BOOST_AUTO_TEST_CASE(everybody_gets_what_is_theirs_and_no_more) {
    for (auto const& [name, access] : intended) {
        if (access == Access::slave) continue;  // dist_traceroute_test
        auto const space = name.find(' ');
        auto const verb = http::find_verb(name.substr(0, space)).value();
        for (auto const who : {Who::nobody, Who::probe, Who::viewer, Who::operator_, Who::admin}) {
            auto const status = status_for(verb, name.substr(space + 1), who);
            BOOST_TEST_CONTEXT(name << " for " << static_cast<int>(who) << ": " << status) {
                if (auto const refused = refusal(access, who))
                    BOOST_TEST(status == *refused);
                else
                    BOOST_TEST((status != 401U && status != 403U));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(public_reading_opens_what_a_viewer_sees_and_nothing_else) {
    master::Gate const open(accounts, {.reading = true});
    for (auto const& [name, access] : intended) {
        if (access < Access::viewer) continue;
        auto asked = request("/");
        asked.verb = http::find_verb(name.substr(0, name.find(' '))).value();
        bool const admitted = open.admit(asked, access, wall_clock_now()).has_value();
        BOOST_TEST(admitted == (access == Access::viewer || access == Access::scraper), name);
        if (admitted) BOOST_TEST((asked.verb == http::Verb::get), name);
    }
}

BOOST_AUTO_TEST_CASE(open_metrics_are_the_metrics_and_nothing_else) {
    master::Gate const open(accounts, {.metrics = true});
    for (auto const& [name, access] : intended) {
        if (access < Access::viewer) continue;
        bool const admitted = open.admit(request("/"), access, wall_clock_now()).has_value();
        BOOST_TEST(admitted == (access == Access::scraper), name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
