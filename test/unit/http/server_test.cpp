#include "server_fixture.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/http/gzip.hpp>

using namespace dtrace;
using namespace dtrace::http;
using test::has;
using test::ServerFixture;
using test::status_of;
using Body = boost::asio::awaitable<void>;

BOOST_AUTO_TEST_SUITE(server)

namespace {

std::string post(std::string const& body, std::string const& more = {}) {
    return "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + more +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

constexpr auto get_hello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr auto get_hello_and_close = "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

}  // namespace

BOOST_FIXTURE_TEST_CASE(answers_and_keeps_the_connection, ServerFixture) {
    with_server([&]() -> Body {
        auto peer = co_await connected();
        for (int i = 0; i < 3; ++i) {
            co_await peer.send("GET /hello?name=J%C3%BCrgen HTTP/1.1\r\nHost: x\r\n\r\n");
            auto const answer = co_await peer.read_answer();
            BOOST_TEST(status_of(answer) == 200);
            BOOST_TEST(answer.ends_with("\r\n\r\nhello Jürgen"));
            BOOST_TEST(!has(answer, "Connection:"));
        }
        BOOST_TEST(server->counters().accepted == 1u);
        BOOST_TEST(server->counters().requests == 3u);
    });
}

BOOST_FIXTURE_TEST_CASE(requests_sent_ahead_are_answered_in_order, ServerFixture) {
    with_server([&]() -> Body {
        auto const all = co_await ask("\r\nGET /hello?name=1 HTTP/1.1\r\nHost: x\r\n\r\n" +
                                      std::string("POST /echo HTTP/1.1\r\nHost: x\r\n"
                                                  "Content-Length: 3\r\n\r\ntwo") +
                                      get_hello_and_close + "GET /never HTTP/1.1\r\n");
        auto const one = all.find("hello 1");
        auto const two = all.find("\r\n\r\ntwo");
        BOOST_TEST(one < two);
        BOOST_TEST(two < all.rfind("\r\n\r\nhello"));
        BOOST_TEST(has(all, "Connection: close"));
        BOOST_TEST(server->counters().requests == 3u);
    });
}

BOOST_FIXTURE_TEST_CASE(head_has_the_length_but_no_body, ServerFixture) {
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
        auto const answer = co_await peer.read_answer(false);
        BOOST_TEST(has(answer, "Content-Length: 5\r\n"));
        co_await peer.send(get_hello);
        BOOST_TEST(status_of(co_await peer.read_answer()) == 200);
    });
}

BOOST_FIXTURE_TEST_CASE(http_1_0_closes_unless_asked, ServerFixture) {
    with_server([&]() -> Body {
        auto const closed = co_await ask("GET /hello HTTP/1.0\r\n\r\n");
        BOOST_TEST(status_of(closed) == 200);
        BOOST_TEST(has(closed, "Connection: close"));
        auto peer = co_await connected();
        co_await peer.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        BOOST_TEST(has(co_await peer.read_answer(), "Connection: keep-alive"));
    });
}

BOOST_FIXTURE_TEST_CASE(chunked_bodies_are_put_together, ServerFixture) {
    with_server([&]() -> Body {
        auto const answer = co_await ask(
            "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            "Transfer-Encoding: chunked\r\n\r\n"
            "3;ext=1\r\nabc\r\n4\r\ndefg\r\n0\r\nAuthorization: Basic x\r\n\r\n");
        BOOST_TEST(answer.ends_with("\r\n\r\nabcdefg"));
    });
}

BOOST_FIXTURE_TEST_CASE(a_body_is_invited_when_the_peer_waits_for_that, ServerFixture) {
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send(
            "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
            "Content-Length: 2\r\n\r\n");
        BOOST_TEST(co_await peer.read_answer() == "HTTP/1.1 100 Continue\r\n\r\n");
        co_await peer.send("ok");
        BOOST_TEST((co_await peer.read_answer()).ends_with("\r\n\r\nok"));
        BOOST_TEST(status_of(co_await ask(post("x", "Expect: tea\r\n"))) == 417);
    });
}

BOOST_FIXTURE_TEST_CASE(gzip_bodies_are_inflated_within_their_limit, ServerFixture) {
    options.limits.max_inflated_bytes = 100'000;
    with_server([&]() -> Body {
        auto const good = co_await ask(post(gzip("a report"), "Content-Encoding: gzip\r\n"));
        BOOST_TEST(good.ends_with("\r\n\r\na report"));
        auto const bomb = gzip(std::string(100'001, 'a'));
        BOOST_TEST(status_of(co_await ask(post(bomb, "Content-Encoding: gzip\r\n"))) == 413);
        BOOST_TEST(status_of(co_await ask(post("plain", "Content-Encoding: gzip\r\n"))) == 400);
        BOOST_TEST(status_of(co_await ask(post("x", "Content-Encoding: br\r\n"))) == 415);
        BOOST_TEST(status_of(co_await ask(post("x", "Content-Encoding: gzip, gzip\r\n"))) == 415);
        BOOST_TEST(status_of(co_await ask(post("x", "Content-Encoding: identity\r\n"))) == 200);
    });
}

BOOST_FIXTURE_TEST_CASE(a_gzip_body_can_be_refused_before_it_is_inflated, ServerFixture) {
    options.refuse_gzip =
        [](Request const& request) -> boost::asio::awaitable<std::optional<Response>> {
        BOOST_TEST(request.peer.is_loopback());
        BOOST_TEST(!request.body.starts_with("a report"));
        std::optional<Response> answer;
        if (!request.headers.find("Authorization")) answer = problem(401, "Log in");
        co_return answer;
    };
    with_server([&]() -> Body {
        auto const refused = co_await ask(post("not gzip at all", "Content-Encoding: gzip\r\n"));
        BOOST_TEST(status_of(refused) == 401);
        BOOST_TEST(has(refused, "Connection: close"));
        BOOST_TEST(server->counters().requests == 0u);
        auto const good =
            co_await ask(post(gzip("a report"), "Content-Encoding: gzip\r\nAuthorization: x\r\n"));
        BOOST_TEST(good.ends_with("\r\n\r\na report"));
        BOOST_TEST(status_of(co_await ask(post("plain", ""))) == 200);
    });
}

BOOST_FIXTURE_TEST_CASE(large_gzip_bodies_are_inflated_by_the_workers, ServerFixture) {
    async::WorkerPool workers({});
    options.workers = &workers;
    std::string noise(100'000, '\0');
    unsigned state = 1;
    for (auto& c : noise)
        c = static_cast<char>('a' + (state = state * 1103515245 + 12345) / 65536 % 26);
    with_server([&]() -> Body {
        auto const answer = co_await ask(post(gzip(noise), "Content-Encoding: gzip\r\n"));
        BOOST_TEST(answer.ends_with(noise));
        BOOST_TEST(workers.counters().done == 1u);
    });
}

BOOST_FIXTURE_TEST_CASE(a_failing_handler_is_logged_and_told_without_details, ServerFixture) {
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send("GET /fail HTTP/1.1\r\nHost: x\r\n\r\n");
        auto const answer = co_await peer.read_answer();
        BOOST_TEST(status_of(answer) == 500);
        BOOST_TEST(has(answer, "application/problem+json"));
        BOOST_TEST(!has(answer, "no such luck"));
        co_await peer.send(get_hello);
        BOOST_TEST(status_of(co_await peer.read_answer()) == 200);
    });
    auto const event = log.find("request failed");
    BOOST_REQUIRE(event);
    BOOST_TEST(event->field("path") == "/fail");
    BOOST_TEST(event->field("reason") == "no such luck");
    BOOST_TEST(server->counters().handler_failures == 1u);
}

BOOST_FIXTURE_TEST_CASE(the_access_log_has_no_secrets, ServerFixture) {
    with_server([&]() -> Body {
        co_await ask(
            "GET /hello?token=geheim HTTP/1.1\r\nHost: x\r\nUser-Agent: test/1\r\n"
            "Authorization: Basic geheim\r\nConnection: close\r\n\r\n");
        co_await ask(post("four"));
    });
    BOOST_REQUIRE(accesses.size() == 2u);
    auto const& first = accesses.front();
    BOOST_TEST(first.verb == "GET");
    BOOST_TEST(first.path == "/hello");
    BOOST_TEST(first.route == "/hello");
    BOOST_TEST(first.status == 200u);
    BOOST_TEST(first.response_bytes == 5u);
    BOOST_TEST(first.user_agent == "test/1");
    BOOST_TEST(to_text(first.peer) == "127.0.0.1");
    BOOST_TEST(!has(access_line(first), "geheim"));
    BOOST_TEST(accesses.back().request_bytes == 4u);
}

BOOST_FIXTURE_TEST_CASE(a_taken_port_is_named, ServerFixture) {
    with_server([&]() -> Body {
        ServerOptions same;
        same.listen = "127.0.0.1";
        same.port = server->local_port();
        Server second(io.get_executor(), same, router, log);
        auto const opened = second.open();
        BOOST_REQUIRE(opened.has_error());
        BOOST_TEST((opened.error().code == boost::system::errc::address_in_use));
        BOOST_TEST(opened.error().message ==
                   "cannot listen on 127.0.0.1:" + std::to_string(same.port) +
                       ": Address already in use");
        co_return;
    });
}

BOOST_FIXTURE_TEST_CASE(a_wrong_listen_address_is_refused, ServerFixture) {
    for (auto const* address : {"nowhere", "192.0.2.77"}) {
        ServerOptions wrong;
        wrong.listen = address;
        Server one(io.get_executor(), wrong, router, log);
        BOOST_TEST(one.open().has_error(), address);
    }
}

BOOST_FIXTURE_TEST_CASE(no_address_means_both_families, ServerFixture) {
    options.listen.clear();
    with_server([&]() -> Body {
        BOOST_TEST(status_of(co_await ask(get_hello_and_close)) == 200);
        BOOST_TEST(to_text(accesses.at(0).peer) == "127.0.0.1");
        boost::asio::ip::tcp::socket six(io);
        boost::system::error_code error;
        six.connect({boost::asio::ip::address_v6::loopback(), server->local_port()}, error);
        if (error) co_return;  // a host without IPv6 serves the other family alone
        test::RawPeer peer(std::move(six));
        BOOST_TEST(status_of(co_await peer.ask(get_hello_and_close)) == 200);
        BOOST_TEST(to_text(accesses.at(1).peer) == "::1");
    });
}

BOOST_AUTO_TEST_SUITE_END()
