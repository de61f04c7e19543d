// Answers that come piece by piece.

#include "server_fixture.hpp"

using namespace dtrace;
using namespace dtrace::http;
using test::has;
using test::ServerFixture;
using Body = boost::asio::awaitable<void>;

namespace {

struct StreamFixture : ServerFixture {
    int pieces = 0;
    int pulls_cancelled = 0;

    StreamFixture() {
        router = Router({{Verb::get, "/three", "", [this](Request const&) { return three(); }},
                         {Verb::get, "/endless", "", [this](Request const&) { return endless(); }},
                         {Verb::get, "/much", "", [this](Request const&) { return much(); }},
                         {Verb::get, "/breaks", "", [](Request const&) { return breaks(); }}});
    }

    boost::asio::awaitable<std::string> one_of_three() {
        co_await async::sleep_for(milliseconds(1));
        co_return ++pieces <= 3 ? "piece " + std::to_string(pieces) + '\n' : std::string();
    }
    boost::asio::awaitable<Response> three() {
        Response response;
        response.body = "begin\n";
        response.more = [this] { return one_of_three(); };
        co_return response;
    }

    boost::asio::awaitable<std::string> never() {
        ++waiting;
        bool const slept = co_await async::sleep_for(std::chrono::hours(1));
        if (!slept) ++pulls_cancelled;
        co_return std::string();
    }
    boost::asio::awaitable<Response> endless() {
        Response response;
        response.body = "begin\n";
        response.more = [this] { return never(); };
        co_return response;
    }

    boost::asio::awaitable<std::string> large_piece() {
        ++pieces;
        co_return std::string(1 << 20, 'x');
    }
    boost::asio::awaitable<Response> much() {
        Response response;
        response.body = "begin\n";
        response.more = [this] { return large_piece(); };
        co_return response;
    }

    static boost::asio::awaitable<std::string> broken() {
        throw std::runtime_error("no such luck");
        co_return std::string();
    }
    static boost::asio::awaitable<Response> breaks() {
        Response response;
        response.body = "begin\n";
        response.more = [] { return broken(); };
        co_return response;
    }

    static std::string get(std::string const& path, std::string const& version = "1.1") {
        return "GET " + path + " HTTP/" + version + "\r\nHost: x\r\n\r\n";
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(streams, StreamFixture)

BOOST_AUTO_TEST_CASE(pieces_are_chunks_and_the_end_is_told) {
    with_server([&]() -> Body {
        auto const answer = co_await ask(get("/three"));
        BOOST_TEST(has(answer, "Transfer-Encoding: chunked\r\n"));
        BOOST_TEST(!has(answer, "Content-Length"));
        BOOST_TEST(
            answer.ends_with("\r\n\r\n6\r\nbegin\n\r\n8\r\npiece 1\n\r\n8\r\npiece 2\n\r\n"
                             "8\r\npiece 3\n\r\n0\r\n\r\n"));
    });
    BOOST_REQUIRE(accesses.size() == 1u);
    BOOST_TEST(accesses.front().status == 200u);
    BOOST_TEST(accesses.front().response_bytes == 30u);
}

BOOST_AUTO_TEST_CASE(http_1_0_gets_them_plain) {
    with_server([&]() -> Body {
        auto const answer = co_await ask(get("/three", "1.0"));
        BOOST_TEST(!has(answer, "chunked"));
        BOOST_TEST(answer.ends_with("\r\n\r\nbegin\npiece 1\npiece 2\npiece 3\n"));
    });
}

BOOST_AUTO_TEST_CASE(a_head_has_no_pieces) {
    with_server([&]() -> Body {
        auto const answer =
            co_await ask("HEAD /three HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        BOOST_TEST(answer.ends_with("\r\n\r\n"));
        BOOST_TEST(pieces == 0);
    });
}

BOOST_AUTO_TEST_CASE(waiting_ends_when_the_peer_leaves) {
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send(get("/endless"));
        co_await eventually([&] { return waiting == 1; });
        peer.close();
        co_await eventually([&] { return server->counters().connections == 0; });
        BOOST_TEST(pulls_cancelled == 1);
    });
    BOOST_TEST(log.events().empty(), log.text());
}

BOOST_AUTO_TEST_CASE(waiting_ends_when_the_server_stops) {
    std::string answer;
    auto reader = [&]() -> Body { answer = co_await ask(get("/endless")); };
    async::TaskGroup others(io.get_executor(), log);
    with_server([&]() -> Body {
        others.spawn("reader", reader());
        co_await eventually([&] { return waiting == 1; });
    });
    run([&]() -> Body { BOOST_TEST(co_await others.wait_until_empty()); });
    BOOST_TEST(pulls_cancelled == 1);
    BOOST_TEST(answer.ends_with("6\r\nbegin\n\r\n0\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(who_does_not_read_holds_up_nothing_and_is_dropped) {
    options.limits.write_timeout = milliseconds(200);
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send(get("/much"));
        co_await eventually([&] { return server->counters().write_timeouts == 1; });
        co_await eventually([&] { return server->counters().connections == 0; });
        BOOST_TEST(pieces < 100);
    });
}

BOOST_AUTO_TEST_CASE(one_that_breaks_off_has_no_end_and_is_logged) {
    with_server([&]() -> Body {
        auto const answer = co_await ask(get("/breaks"));
        BOOST_TEST(answer.ends_with("begin\n\r\n"));
        BOOST_TEST(server->counters().handler_failures == 1u);
    });
    BOOST_TEST(has(log.text(), "a stream broke off"));
}

BOOST_AUTO_TEST_SUITE_END()
