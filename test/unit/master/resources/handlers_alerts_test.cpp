#include "api_fixture.hpp"
#include "resources/views_alerts.hpp"

#include <dtrace/async/task_group.hpp>
#include <dtrace/http/server.hpp>
#include <dtrace/json/read.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::test;
namespace asio = boost::asio;

namespace {

struct HandlersAlertsFixture : ApiFixture {
    unsigned status = 204;
    std::string body;
    http::Router hooks{{{http::Verb::post, "/hook", "takes alerts",
                         [this](http::Request const& request) { return take(request); }}}};

    asio::awaitable<http::Response> take(http::Request const& request) {
        body = request.body;
        co_return http::Response{.status = status, .headers = {}, .body = {}};
    }

    /// The answer to a test of `receiver`, whose hook listens.
    http::Response test_of(std::string const& receiver) {
        http::Response answered;
        run([&]() -> asio::awaitable<void> {
            http::ServerOptions options{.listen = "127.0.0.1"};
            http::Server server(io.get_executor(), std::move(options), hooks, log);
            BOOST_REQUIRE(server.open());
            async::TaskGroup tasks(io.get_executor(), log);
            tasks.spawn("hooks", server.serve());
            write_file(dir / "alerts.json",
                       R"({"Receivers":[{"Name":"ops","Url":"http://127.0.0.1:)" +
                           std::to_string(server.local_port()) + R"(/hook"}]})");
            auto const loaded = co_await alerts.load();
            BOOST_REQUIRE(loaded);
            auto asked = with_token(token_of(Role::admin), request("/api/v1/alerts/test"));
            asked.verb = http::Verb::post;
            asked.headers.set("Content-Type", "application/json");
            asked.body = R"({"receiver":")" + receiver + "\"}";
            answered = co_await router.handle(std::move(asked));
            co_await tasks.join(seconds(5));
        });
        return answered;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handlers_alerts, HandlersAlertsFixture)

BOOST_AUTO_TEST_CASE(a_test_reaches_the_receiver) {
    auto const answered = test_of("ops");
    BOOST_TEST(answered.status == 200U);
    BOOST_TEST(answered.body == R"({"receiver":"ops","status":204})");
    BOOST_TEST(contains(body, R"("kind":"test","state":"test")"), body);
    BOOST_TEST(contains(body, "This is a test"), body);
    auto const list = json::read<master::AlertReceiverList>(get("/api/v1/alerts").body,
                                                            json::UnknownKeys::refuse);
    BOOST_REQUIRE(list);
    BOOST_REQUIRE(list->receivers.size() == 1U);
    BOOST_TEST(list->receivers[0].name == "ops");
    BOOST_TEST(list->receivers[0].ok);
    BOOST_TEST(contains(get("/api/v1/status").body, "alerts.json"));
    BOOST_TEST(contains(get("/metrics").body, "dtrace_alerts_ok{receiver=\"ops\"} 1\n"));
}

BOOST_AUTO_TEST_CASE(a_test_that_fails_says_why) {
    status = 404;
    auto const answered = test_of("ops");
    BOOST_TEST(answered.status == 502U);
    BOOST_TEST(contains(answered.body, "answered 404"), answered.body);
}

BOOST_AUTO_TEST_CASE(a_receiver_that_is_none_is_not_found) {
    BOOST_TEST(test_of("nobody").status == 404U);
}

BOOST_AUTO_TEST_SUITE_END()
