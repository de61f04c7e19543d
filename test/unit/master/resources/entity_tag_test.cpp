#include "api_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::test;
using http::Verb;

namespace {

struct EntityTagFixture : ApiFixture {
    std::string const path = "/api/v1/probes/n3";

    EntityTagFixture() { set_up(); }

    http::Response send(Verb verb, std::string to, std::string body, std::string if_match = {}) {
        auto made = request(std::move(to));
        made.verb = verb;
        made.headers.set("Content-Type", "application/json");
        if (!if_match.empty()) made.headers.set("If-Match", std::move(if_match));
        made.body = std::move(body);
        return answer(std::move(made));
    }
    http::Response made_probe() {
        return send(Verb::post, "/api/v1/probes", R"({"name":"n3","secret":"s"})");
    }
    http::Response if_not(std::string from, std::string tags) {
        auto asked = request(std::move(from));
        asked.headers.set("If-None-Match", std::move(tags));
        return answer(std::move(asked));
    }
    static std::string tag_of(http::Response const& response) {
        return std::string(response.headers.find("ETag").value_or(""));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(entity_tags, EntityTagFixture)

BOOST_AUTO_TEST_CASE(updates_are_not_lost) {
    auto const old = tag_of(made_probe());
    BOOST_TEST(tag_of(get(path)) == old);
    auto const now = send(Verb::patch, path, R"({"tags":["x"]})", old);
    BOOST_TEST(now.status == 200U);
    BOOST_TEST(tag_of(now) != old);
    BOOST_TEST(send(Verb::patch, path, R"({"tags":["y"]})", old).status == 412U);
    BOOST_TEST(send(Verb::delete_, path, {}, old).status == 412U);
    BOOST_TEST(send(Verb::delete_, path, {}, old + ", " + tag_of(now)).status == 204U);
    auto const id = std::string(first_id);
    BOOST_TEST(!tag_of(get("/api/v1/measurements/" + id)).empty());
}

BOOST_AUTO_TEST_CASE(what_one_has_is_not_sent_again) {
    made_probe();
    for (auto const& each : {path, "/api/v1/measurements/" + std::string(first_id)}) {
        auto const tag = tag_of(get(each));
        for (auto const& tags : {tag, "W/" + tag, "\"1\", " + tag, std::string("*")}) {
            auto const same = if_not(each, tags);
            BOOST_TEST(same.status == 304U, tags);
            BOOST_TEST(same.body.empty());
            BOOST_TEST(tag_of(same) == tag);
        }
        BOOST_TEST(if_not(each, "\"1\"").status == 200U);
    }
    BOOST_TEST(if_not("/api/v1/probes/n4", "*").status == 404U);
}

BOOST_AUTO_TEST_CASE(what_a_probe_does_is_news_but_no_update) {
    auto const old = tag_of(made_probe());
    BOOST_TEST(answer(as("n3", "s", request("/api/v1/probe/assignment"))).status == 200U);
    auto const online = if_not(path, old);
    BOOST_TEST(online.status == 200U);
    BOOST_TEST(contains(online.body, R"("online":true)"), online.body);
    BOOST_TEST(send(Verb::patch, path, R"({"tags":["x"]})", old).status == 200U);
    BOOST_TEST(send(Verb::patch, path, R"({"tags":["y"]})", old).status == 412U);
}

BOOST_AUTO_TEST_SUITE_END()
