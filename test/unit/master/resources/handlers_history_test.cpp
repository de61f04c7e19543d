#include "api_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::test;

namespace {

struct HandlersHistoryFixture : ApiFixture {
    Timestamp const midnight = *parse<Timestamp>("2026-11-21T00:00:00Z");

    HandlersHistoryFixture() {
        set_up();
        for (int i = 0; i < 30; ++i) {
            auto& hour = store.kept_hours.emplace_back();
            hour.start = midnight + std::chrono::hours(i);
            auto& rollup = hour.rollup;
            rollup.traces = 60;
            rollup.reached = 59;
            rollup.sent = 180;
            rollup.answered = 177;
            rollup.rtt.add(20 + static_cast<std::uint32_t>(i));
            rollup.hops[1] = {.sent = 180, .answered = 180, .rtt = rollup.rtt};
            rollup.hops[2] = {.sent = 180, .answered = 0, .rtt = {}};
            rollup.paths[{boost::asio::ip::make_address("192.0.2.1"), std::nullopt}] = 60;
        }
    }

    http::Response history(std::map<std::string, std::string> more) {
        std::map<std::string, std::string> query{{"probe", "n1"},
                                                 {"measurement", "First"},
                                                 {"from", "2026-11-21T00:00:00Z"},
                                                 {"to", "2026-11-23T00:00:00Z"}};
        for (auto const& [name, value] : more)
            query[name] = value;
        return get("/api/v1/history", query);
    }
    static int count(std::string const& text, std::string const& part) {
        int found = 0;
        for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
            ++found;
        return found;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handlers_history, HandlersHistoryFixture)

BOOST_AUTO_TEST_CASE(hours_as_they_are) {
    auto const response = history({});
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(count(response.body, "\"start\"") == 30);
    BOOST_TEST(contains(
        response.body,
        R"({"start":"2026-11-21T00:00:00.000000Z","traces":60,"reached":59,"failed":0,"sent":180,)"
        R"("answered":177,"rtt_us":{"min":20,"p50":20,"p90":20,"p99":20,"max":20},)"
        R"("paths":[{"times":60,"hops":["192.0.2.1","*"]}],"other_paths":0})"));
}

BOOST_AUTO_TEST_CASE(days_begin_at_midnight) {
    auto const response = history({{"step", "86400"}});
    BOOST_TEST(count(response.body, "\"start\"") == 2);
    BOOST_TEST(contains(response.body, R"("start":"2026-11-21T00:00:00.000000Z","traces":1440,)"));
    BOOST_TEST(contains(response.body, R"("start":"2026-11-22T00:00:00.000000Z","traces":360,)"));
    BOOST_TEST(contains(response.body, R"("min":20,"p50":31,)"));
}

BOOST_AUTO_TEST_CASE(days_are_asked_for_by_days) {
    history({});
    BOOST_TEST(!store.last_history->days);
    history({{"step", "43200"}});
    BOOST_TEST(!store.last_history->days);
    history({{"step", "172800"}});
    BOOST_TEST(store.last_history->days);
}

BOOST_AUTO_TEST_CASE(hops_are_there_if_asked_for) {
    BOOST_TEST(!contains(history({}).body, "\"hops\":[{"));
    BOOST_TEST(!store.last_history->hops);
    auto const response = history({{"step", "86400"}, {"hops", "true"}});
    BOOST_TEST(store.last_history->hops);
    BOOST_TEST(contains(response.body,
                        R"("other_paths":0,"hops":[{"ttl":1,"sent":4320,"answered":4320,)"
                        R"("rtt_us":{"min":20,"p50":31,)"));
    BOOST_TEST(contains(response.body, R"({"ttl":2,"sent":4320,"answered":0}]})"));
}

BOOST_AUTO_TEST_CASE(nothing_is_an_empty_list) {
    auto const response = history({{"probe", "n9"}});
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(contains(response.body, R"("history":[])"));
}

BOOST_AUTO_TEST_CASE(wrong_parameters_are_named) {
    for (auto const& [name, value] :
         std::map<std::string, std::string>{{"probe", ""},
                                            {"measurement", ""},
                                            {"step", "3601"},
                                            {"from", "2020-01-01T00:00:00Z"},
                                            {"to", "2026-11-20T00:00:00Z"},
                                            {"hops", "some"},
                                            {"limit", "3"}}) {
        auto const response = history({{name, value}});
        BOOST_TEST(response.status == 400U, name);
        BOOST_TEST(contains(response.body, "\"path\":\"" + name + "\""), response.body);
    }
    BOOST_TEST(history({{"measurement", "Nothing"}}).status == 400U);
}

BOOST_AUTO_TEST_CASE(what_is_read_for_one_answer_is_limited) {
    auto const status = [&](char const* from, char const* step, char const* hops) {
        return history({{"from", from}, {"step", step}, {"hops", hops}}).status;
    };
    // 10,000 hours are 416 days and 16 hours, 2,500 are 104 days and 4 hours.
    for (auto const* step : {"3600", "43200"}) {
        BOOST_TEST(status("2025-10-02T08:00:00Z", step, "false") == 200U);
        BOOST_TEST(status("2025-10-02T07:00:00Z", step, "false") == 400U);
        BOOST_TEST(status("2026-08-10T20:00:00Z", step, "true") == 200U);
        BOOST_TEST(status("2026-08-10T19:00:00Z", step, "true") == 400U);
    }
    BOOST_TEST(status("2020-01-19T00:00:00Z", "86400", "true") == 200U);
    BOOST_TEST(status("2020-01-18T00:00:00Z", "86400", "true") == 400U);
    BOOST_TEST(status("2000-01-01T00:00:00Z", "86400", "false") == 200U);
    auto const refused = history({{"from", "2020-01-01T00:00:00Z"}});
    BOOST_TEST(contains(refused.body, "ask for steps of whole days"));
}

BOOST_AUTO_TEST_CASE(a_failing_store_is_told) {
    store.failure = make_error(boost::system::errc::io_error, "broken");
    BOOST_TEST(history({}).status == 503U);
}

BOOST_AUTO_TEST_SUITE_END()
