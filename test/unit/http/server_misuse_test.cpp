#include "server_fixture.hpp"

#include <sys/resource.h>

using namespace dtrace;
using namespace dtrace::http;
using test::has;
using test::ServerFixture;
using test::status_of;
using Body = boost::asio::awaitable<void>;

BOOST_AUTO_TEST_SUITE(server_misuse)

namespace {

constexpr auto get_hello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

/// No new file descriptor for anybody, while it lives.
class NoDescriptorsLeft {
  public:
    NoDescriptorsLeft() {
        getrlimit(RLIMIT_NOFILE, &before_);
        rlimit const none{.rlim_cur = 3, .rlim_max = before_.rlim_max};
        setrlimit(RLIMIT_NOFILE, &none);
    }
    NoDescriptorsLeft(NoDescriptorsLeft const&) = delete;
    NoDescriptorsLeft& operator=(NoDescriptorsLeft const&) = delete;
    ~NoDescriptorsLeft() { setrlimit(RLIMIT_NOFILE, &before_); }

  private:
    rlimit before_{};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_not_http_gets_400_and_the_door, ServerFixture) {
    std::vector<std::string> const messages = {
        "\x16\x03\x01\x02\x01 TLS perhaps\r\n\r\n",
        "GET\r\n\r\n",
        "GET /hello HTTP/1.1\r\n\r\n",  // no Host
        "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /hello HTTP/2.0\r\nHost: x\r\n\r\n",
        "GET /he\x01llo HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET hello HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET /hello HTTP/1.1\nHost: x\n\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    };
    with_server([&]() -> Body {
        for (auto const& message : messages) {
            auto const answer = co_await ask(message);
            BOOST_TEST(status_of(answer) == 400, message << " -> " << answer);
            BOOST_TEST(has(answer, "Connection: close"), message);
            BOOST_TEST(has(answer, "Content-Type: application/problem+json"), message);
        }
        BOOST_TEST(server->counters().malformed == messages.size());
        BOOST_TEST(server->counters().requests == 0u);
        BOOST_TEST(status_of(co_await ask("BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n")) == 501);
        for (auto const* coding : {"gzip", "gzip, chunked", "chunked, chunked"})
            BOOST_TEST(status_of(co_await ask("POST /echo HTTP/1.1\r\nHost: x\r\n"
                                              "Transfer-Encoding: " +
                                              std::string(coding) + "\r\n\r\n")) == 501,
                       coding);
    });
}

BOOST_FIXTURE_TEST_CASE(a_large_header_is_431, ServerFixture) {
    options.limits.max_header_bytes = 1000;
    options.limits.max_header_fields = 5;
    with_server([&]() -> Body {
        std::string const start = "GET /hello HTTP/1.1\r\nHost: x\r\n";
        BOOST_TEST(status_of(co_await ask(start + "A: " + std::string(990, 'a') + "\r\n\r\n")) ==
                   431);
        BOOST_TEST(status_of(co_await ask(start + "A: " + std::string(90'000, 'a'))) == 431);
        BOOST_TEST(status_of(co_await ask("GET /" + std::string(90'000, 'a'))) == 431);
        BOOST_TEST(status_of(co_await ask(start + "A:1\r\nB:1\r\nC:1\r\nD:1\r\nE:1\r\n\r\n")) ==
                   431);
        BOOST_TEST(server->counters().header_too_large == 4u);
    });
}

BOOST_FIXTURE_TEST_CASE(a_large_body_is_413_before_it_is_read, ServerFixture) {
    options.limits.max_body_bytes = 1000;
    with_server([&]() -> Body {
        std::string const start = "POST /echo HTTP/1.1\r\nHost: x\r\n";
        BOOST_TEST(status_of(co_await ask(start + "Content-Length: 1001\r\n\r\n")) == 413);
        BOOST_TEST(
            status_of(co_await ask(start + "Content-Length: 99999999999999999999\r\n\r\n")) >= 400);
        BOOST_TEST(status_of(co_await ask(start + "Content-Length: 500000\r\n\r\n" +
                                          std::string(500'000, 'a'))) == 413);
        BOOST_TEST(status_of(co_await ask(start + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" +
                                          std::string(1001, 'a') + "\r\n0\r\n\r\n")) == 413);
        auto const endless =
            start + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(90'000, 'e');
        BOOST_TEST(status_of(co_await ask(endless)) >= 400);
        auto const invited =
            co_await ask(start + "Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n");
        BOOST_TEST(status_of(invited) == 413);
        BOOST_TEST(accesses.front().path == "/echo");
    });
}

BOOST_FIXTURE_TEST_CASE(a_slow_header_is_408, ServerFixture) {
    options.limits.header_timeout = milliseconds(20);
    with_server([&]() -> Body {
        auto const answer = co_await ask("GET /hello HTTP/1.1\r\nHo");
        BOOST_TEST(status_of(answer) == 408);
        BOOST_TEST(has(answer, "Connection: close"));
        BOOST_TEST(server->counters().too_slow == 1u);
    });
}

BOOST_FIXTURE_TEST_CASE(a_header_letter_by_letter_is_408, ServerFixture) {
    options.limits.header_timeout = milliseconds(50);
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send("GET /hello HTTP/1.1\r\nX-Slow: ");
        bool open = true;
        while (open && server->counters().too_slow == 0) {
            open = co_await peer.send("a");
            co_await async::sleep_for(milliseconds(1));
        }
        BOOST_TEST(status_of(co_await peer.read_to_end()) == 408);
    });
}

BOOST_FIXTURE_TEST_CASE(a_slow_body_is_408, ServerFixture) {
    options.limits.body_grace = milliseconds(20);
    options.limits.min_body_rate = 1'000'000;
    with_server([&]() -> Body {
        auto const answer =
            co_await ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc");
        BOOST_TEST(status_of(answer) == 408);
    });
}

BOOST_FIXTURE_TEST_CASE(a_steady_but_endless_body_meets_its_timeout, ServerFixture) {
    options.limits.body_timeout = milliseconds(50);
    options.limits.min_body_rate = 0;
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n");
        bool open = true;
        while (open && server->counters().too_slow == 0) {
            open = co_await peer.send("a");
            co_await async::sleep_for(milliseconds(1));
        }
        BOOST_TEST(status_of(co_await peer.read_to_end()) == 408);
    });
}

BOOST_FIXTURE_TEST_CASE(an_idle_connection_is_closed_without_a_word, ServerFixture) {
    options.limits.idle_timeout = milliseconds(200);  // long enough for a request to come
    with_server([&]() -> Body {
        auto peer = co_await connected();
        BOOST_TEST(co_await peer.read_to_end() == "");
        auto used = co_await connected();
        co_await used.send(get_hello);
        BOOST_TEST(status_of(co_await used.read_answer()) == 200);
        BOOST_TEST(co_await used.read_to_end() == "");
    });
}

BOOST_FIXTURE_TEST_CASE(too_many_connections_are_turned_away, ServerFixture) {
    options.limits.max_connections = 2;
    with_server([&]() -> Body {
        auto first = co_await connected();
        auto second = co_await connected();
        auto third = co_await connected();
        auto const refused = co_await third.read_to_end();
        BOOST_TEST(status_of(refused) == 503);
        BOOST_TEST(has(refused, "Retry-After: "));
        BOOST_TEST(has(refused, "Connection: close"));
        BOOST_TEST(server->counters().refused_max_connections == 1u);

        co_await second.send(get_hello);
        BOOST_TEST(status_of(co_await second.read_answer()) == 200);
        first.close();
        co_await eventually([&] { return server->counters().connections == 1; });
        auto fourth = co_await connected();
        co_await fourth.send(get_hello);
        BOOST_TEST(status_of(co_await fourth.read_answer()) == 200);
    });
    BOOST_TEST(log.count("connection refused") == 1u);
}

BOOST_FIXTURE_TEST_CASE(too_many_connections_from_one_source_too, ServerFixture) {
    options.limits.max_connections_per_source = 1;
    with_server([&]() -> Body {
        auto first = co_await connected();
        for (int i = 0; i < 5; ++i)
            BOOST_TEST(status_of(co_await ask("")) == 503);
        BOOST_TEST(server->counters().refused_max_connections_per_source == 5u);
        BOOST_TEST(accesses.size() == 5u);
    });
    BOOST_TEST(log.count("connection refused") == 1u);  // a flood does not flood the log
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_does_not_read_is_dropped, ServerFixture) {
    options.limits.write_timeout = milliseconds(30);
    with_server([&]() -> Body {
        auto peer = co_await connected();
        co_await peer.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
        co_await eventually([&] { return server->counters().write_timeouts == 1; });
        co_await eventually([&] { return server->counters().connections == 0; });
    });
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_leaves_early_is_no_failure, ServerFixture) {
    with_server([&]() -> Body {
        for (auto const* text :
             {"", "GET", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"}) {
            auto peer = co_await connected();
            co_await peer.send(text);
            peer.half_close();
            BOOST_TEST(co_await peer.read_to_end() == "");
        }
    });
    BOOST_TEST(log.events().empty(), log.text());
}

BOOST_FIXTURE_TEST_CASE(without_descriptors_it_neither_spins_nor_dies, ServerFixture) {
    with_server([&]() -> Body {
        auto warm = co_await connected();  // what the loop needs is there
        co_await warm.send(get_hello);
        BOOST_TEST(status_of(co_await warm.read_answer()) == 200);
        test::RawPeer peer = this->peer();
        peer.socket().open(boost::asio::ip::tcp::v4());
        {
            NoDescriptorsLeft const scarcity;
            co_await peer.connect(server->local_port());
            co_await eventually([&] { return server->counters().accept_errors >= 2; });
            BOOST_TEST(server->counters().accept_errors <= 3u);
            co_await warm.send(get_hello);
            BOOST_TEST(status_of(co_await warm.read_answer()) == 200);
        }
        co_await peer.send(get_hello);
        BOOST_TEST(status_of(co_await peer.read_answer()) == 200);
    });
    BOOST_TEST(log.count("connections cannot be accepted") == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
