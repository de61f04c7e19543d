#include "server_fixture.hpp"

#include <boost/asio/this_coro.hpp>

using namespace dtrace;
using namespace dtrace::http;
using test::has;
using test::ServerFixture;
using test::status_of;
using Body = boost::asio::awaitable<void>;

namespace {

std::string get(std::string const& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_stop)

BOOST_FIXTURE_TEST_CASE(a_waiting_handler_is_cancelled_when_the_peer_leaves, ServerFixture) {
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send(get("/wait"));
        co_await eventually([&] { return waiting == 1; });
        peer.close();
        co_await eventually([&] { return server->counters().connections == 0; });
        BOOST_TEST(cancelled == 1);
        BOOST_TEST(server->counters().peer_left == 1u);
    });
    BOOST_REQUIRE(accesses.size() == 1u);
    BOOST_TEST(accesses.front().status == 0u);
    BOOST_TEST(log.events().empty(), log.text());
}

BOOST_FIXTURE_TEST_CASE(also_when_the_peer_resets, ServerFixture) {
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send(get("/wait"));
        co_await eventually([&] { return waiting == 1; });
        peer.socket().set_option(boost::asio::socket_base::linger(true, 0));
        peer.close();
        co_await eventually([&] { return server->counters().connections == 0; });
        BOOST_TEST(cancelled == 1);
    });
}

BOOST_FIXTURE_TEST_CASE(also_with_requests_sent_ahead, ServerFixture) {
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send(get("/wait"));
        co_await eventually([&] { return waiting == 1; });
        co_await peer.send(get("/hello"));
        co_await turns();
        BOOST_TEST(cancelled == 0);
        peer.close();
        co_await eventually([&] { return server->counters().connections == 0; });
        BOOST_TEST(cancelled == 1);
    });
}

BOOST_FIXTURE_TEST_CASE(a_request_sent_ahead_is_answered_after_the_wait, ServerFixture) {
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send(get("/wait-for-news"));
        co_await eventually([&] { return waiting == 1; });
        co_await peer.send(get("/hello"));
        co_await turns();
        changed.notify_all();
        BOOST_TEST((co_await peer.read_answer()).ends_with("news"));
        BOOST_TEST((co_await peer.read_answer()).ends_with("hello"));
    });
}

BOOST_FIXTURE_TEST_CASE(stop_closes_what_is_idle_and_answers_what_waits, ServerFixture) {
    with_server([&]() -> Body {
        auto idle = co_await connected();
        auto polite = co_await connected();
        auto careless = co_await connected();
        co_await polite.send(get("/wait-politely"));
        co_await careless.send(get("/wait"));
        co_await eventually([&] { return waiting == 2 && server->counters().connections == 3; });

        group.stop();
        auto const nothing_new = co_await polite.read_to_end();
        BOOST_TEST(status_of(nothing_new) == 200);
        BOOST_TEST(has(nothing_new, "Connection: close"));
        BOOST_TEST(nothing_new.ends_with("nothing new"));
        auto const gave_up = co_await careless.read_to_end();
        BOOST_TEST(status_of(gave_up) == 503);
        BOOST_TEST(has(gave_up, "Retry-After: "));
        BOOST_TEST(co_await idle.read_to_end() == "");
        BOOST_TEST(co_await group.wait_until_empty());

        auto late = peer();
        boost::asio::ip::tcp::endpoint const there(boost::asio::ip::address_v4::loopback(),
                                                   server->local_port());
        auto const [refused] = co_await late.socket().async_connect(there, async::as_result);
        BOOST_TEST(refused.failed());
    });
    BOOST_TEST(cancelled == 2);
    BOOST_TEST(log.events().empty(), log.text());
}

BOOST_FIXTURE_TEST_CASE(stop_finishes_the_message_under_way, ServerFixture) {
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab");
        co_await turns();
        group.stop();
        co_await turns();
        co_await peer.send("cd");
        auto const answer = co_await peer.read_to_end();
        BOOST_TEST(status_of(answer) == 200);
        BOOST_TEST(has(answer, "Connection: close"));
        BOOST_TEST(answer.ends_with("abcd"));
    });
}

BOOST_FIXTURE_TEST_CASE(a_wait_that_begins_during_the_stop_is_cancelled, ServerFixture) {
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send("GET /wait-politely HTTP/1.1\r\nHo");
        co_await turns();
        group.stop();
        co_await turns();
        co_await peer.send("st: x\r\n\r\n");
        BOOST_TEST((co_await peer.read_to_end()).ends_with("nothing new"));
    });
}

BOOST_FIXTURE_TEST_CASE(the_grace_ends_what_does_not, ServerFixture) {
    options.limits.stop_grace = milliseconds(20);
    with_server([&]() -> Body {
        auto half = co_await connected();
        co_await half.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab");
        auto deaf = co_await connected();
        co_await deaf.send(get("/big"));
        co_await eventually([&] { return server->counters().requests == 1; });
        co_await group.join(long_after);
    });
    BOOST_TEST(log.events().empty(), log.text());
}

BOOST_FIXTURE_TEST_CASE(a_handler_may_finish_what_must_be_finished, ServerFixture) {
    bool entered = false;
    async::Wakeup commit(io.get_executor());
    router = Router(
        {{Verb::post, "/commit", "", [&](Request const&) -> boost::asio::awaitable<Response> {
              using namespace boost::asio;
              co_await this_coro::reset_cancellation_state(enable_terminal_cancellation());
              entered = true;
              bool const committed = co_await commit.wait();
              co_return Response{committed ? 200u : 500u, {}, "committed"};
          }}});
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send("POST /commit HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        co_await eventually([&] { return entered; });
        group.stop();
        co_await turns();
        commit.notify_one();
        BOOST_TEST((co_await peer.read_to_end()).ends_with("committed"));
    });
}

BOOST_AUTO_TEST_SUITE_END()
