#include "server/body_budget.hpp"

#include "server_fixture.hpp"

#include <dtrace/http/gzip.hpp>

#include <utility>

using namespace dtrace;
using namespace dtrace::http;
using test::has;
using test::ServerFixture;
using test::status_of;
using Body = boost::asio::awaitable<void>;

namespace {

std::string post_of(std::string const& path, std::size_t size) {
    return "POST " + path +
           " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + std::to_string(size) +
           "\r\n\r\n" + std::string(size, 'a');
}

std::string chunked_post(std::string const& size_in_hex, std::size_t size) {
    return "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + size_in_hex +
           "\r\n" + std::string(size, 'a') + "\r\n0\r\n\r\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(body_budget)

BOOST_AUTO_TEST_CASE(shares_are_given_back) {
    auto const source = parse<IpAddress>("192.0.2.1").value();
    BodyBudget budget(100, 100);
    {
        BodyBudget::Share one(budget, source);
        BodyBudget::Share two(budget, source);
        BOOST_TEST(one.resize(60));
        BOOST_TEST(two.resize(40));
        BOOST_TEST(!two.resize(41));
        BOOST_TEST(budget.held() == 100U);
        BOOST_TEST(!budget.has_room(source, 1));
        BOOST_TEST(one.resize(10));
        BOOST_TEST(two.resize(90));
        auto const moved = std::move(one);
        BOOST_TEST(budget.held() == 100U);
        two = BodyBudget::Share(budget, source);
        BOOST_TEST(budget.held() == 10U);
    }
    BOOST_TEST(budget.held() == 0U);
}

BOOST_AUTO_TEST_CASE(one_sender_leaves_room_for_others) {
    Sender const greedy = parse<IpAddress>("2001:db8::").value();
    auto const& beside = greedy;
    Sender const other = "n1";
    BodyBudget budget(100, 30);
    BodyBudget::Share one(budget, greedy);
    BodyBudget::Share two(budget, beside);
    BodyBudget::Share three(budget, other);
    BOOST_TEST(one.resize(20));
    BOOST_TEST(two.resize(10));
    BOOST_TEST(!two.resize(11));
    BOOST_TEST(!budget.has_room(greedy, 1));
    BOOST_TEST(three.resize(30));
    BOOST_TEST(one.resize(0));
    BOOST_TEST(budget.has_room(beside, 20));
    BOOST_TEST(!budget.has_room(beside, 21));
}

BOOST_FIXTURE_TEST_CASE(a_route_may_take_less_than_the_server, ServerFixture) {
    router = Router({{Verb::post, "/echo", "", echo, 10}, {Verb::get, "/hello", "", hello}});
    with_server([&]() -> Body {
        BOOST_TEST(status_of(co_await ask(post_of("/echo", 10))) == 200);
        BOOST_TEST(status_of(co_await ask(post_of("/echo", 11))) == 413);
        BOOST_TEST(status_of(co_await ask(chunked_post("b", 11))) == 413);
        BOOST_TEST(status_of(co_await ask(post_of("/nothing", 16 * 1024))) == 404);
        BOOST_TEST(status_of(co_await ask(post_of("/nothing", 16 * 1024 + 1))) == 413);
        BOOST_TEST(status_of(co_await ask(post_of("/hello", 16 * 1024 + 1))) == 413);
    });
}

BOOST_FIXTURE_TEST_CASE(bodies_beyond_the_budget_are_503_before_they_are_read, ServerFixture) {
    options.limits.max_body_bytes = 1000;
    options.limits.max_bodies_bytes = 1500;
    with_server([&]() -> Body {
        std::string const start = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n";
        // What was announced takes no room, what has come does.
        auto silent = co_await connected();
        co_await silent.send(start + "\r\n");
        auto slow = co_await connected();
        co_await slow.send(start + "\r\n" + std::string(900, 'a'));
        co_await eventually([&] { return server->counters().body_bytes == 900u; });
        auto const refused = co_await ask(start + "Expect: 100-continue\r\n\r\n");
        BOOST_TEST(status_of(refused) == 503);
        BOOST_TEST(has(refused, "Retry-After: 5"));
        BOOST_TEST(!has(refused, "100 Continue"));
        BOOST_TEST(server->counters().no_room_for_body == 1u);
        // One whose length nobody knows is refused when it has become too long.
        BOOST_TEST(status_of(co_await ask(chunked_post("2bc", 700))) == 503);
        // The room comes back with the answer.
        co_await slow.send(std::string(100, 'a'));
        BOOST_TEST(status_of(co_await slow.read_answer()) == 200);
        co_await eventually([&] { return server->counters().body_bytes == 0u; });
        BOOST_TEST(status_of(co_await ask(post_of("/echo", 1000))) == 200);
        silent.close();
    });
}

BOOST_FIXTURE_TEST_CASE(who_is_known_has_room_of_their_own_behind_a_full_source, ServerFixture) {
    constexpr std::size_t size = 20'000;
    options.limits.max_body_bytes = size;
    options.limits.max_bodies_bytes = 4 * size;
    options.sender_of = [](Request const& request) -> std::optional<std::string> {
        auto const name = request.headers.find("X-Name");
        return name ? std::optional<std::string>(*name) : std::nullopt;
    };
    with_server([&]() -> Body {
        auto const start = [](std::string const& name, std::size_t length) {
            return "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                   (name.empty() ? "" : "X-Name: " + name + "\r\n") +
                   "Content-Length: " + std::to_string(length) + "\r\n\r\n";
        };
        auto const body = std::string(size, 'a');
        auto slow = co_await connected();
        co_await slow.send(start("", size) + body.substr(1));
        co_await eventually([&] { return server->counters().body_bytes == size - 1; });
        BOOST_TEST(status_of(co_await ask(start("", size) + body)) == 503);
        BOOST_TEST(status_of(co_await ask(start("n1", size) + body)) == 200);
        auto known = co_await connected();
        co_await known.send(start("n1", size) + body.substr(1));
        co_await eventually([&] { return server->counters().body_bytes == 2 * size - 2; });
        BOOST_TEST(status_of(co_await ask(start("n1", size) + body)) == 503);
        BOOST_TEST(status_of(co_await ask(start("n2", size) + body)) == 200);
        // So small ones, too: progress and asking for work get through.
        BOOST_TEST(status_of(co_await ask(start("", 2) + "aa")) == 503);
        BOOST_TEST(status_of(co_await ask(start("n1", 2) + "aa")) == 503);
        BOOST_TEST(status_of(co_await ask(start("n2", 2) + "aa")) == 200);
        slow.close();
        known.close();
    });
}

BOOST_FIXTURE_TEST_CASE(a_body_that_alone_inflates_beyond_its_room_is_413, ServerFixture) {
    options.limits.max_body_bytes = 1000;
    options.limits.max_bodies_bytes = 6000;
    with_server([&]() -> Body {
        auto const post = [](std::size_t size) {
            auto const body = gzip(std::string(size, 'a'));
            return "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
                   "Connection: close\r\nContent-Length: " +
                   std::to_string(body.size()) + "\r\n\r\n" + body;
        };
        BOOST_TEST(status_of(co_await ask(post(1000))) == 200);
        BOOST_TEST(status_of(co_await ask(post(1501))) == 413);
        BOOST_TEST(server->counters().no_room_for_body == 0u);
        BOOST_TEST(server->counters().body_too_large == 1u);
    });
}

BOOST_AUTO_TEST_SUITE_END()
