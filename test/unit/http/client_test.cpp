#include "server_fixture.hpp"

#include <dtrace/http/client.hpp>

#include <boost/asio/ip/tcp.hpp>

using namespace dtrace;
using namespace dtrace::http;
using test::has;
using test::RawPeer;
using test::ServerFixture;
using Body = boost::asio::awaitable<void>;
using boost::asio::ip::tcp;
namespace errc = boost::system::errc;

namespace {

/// A server, and a peer that answers by script where a server would be too well-behaved.
struct ClientFixture : ServerFixture {
    ClientOptions client_options;
    tcp::acceptor acceptor{io, {boost::asio::ip::address_v4::loopback(), 0}};

    Url url(Port port, std::string_view target) {
        return Url{.host = "127.0.0.1", .port = port, .target = "/"}.with_target(target);
    }
    ClientRequest get(std::string_view target) {
        return {.verb = Verb::get,
                .url = url(server->local_port(), target),
                .headers = {},
                .body = {},
                .timeout = {}};
    }
    ClientRequest scripted_get() {
        return {.verb = Verb::get,
                .url = url(acceptor.local_endpoint().port(), "/x"),
                .headers = {},
                .body = {},
                .timeout = {}};
    }
    boost::asio::awaitable<RawPeer> accepted() {
        auto [error, socket] = co_await acceptor.async_accept(async::as_result);
        BOOST_REQUIRE(!error);
        co_return RawPeer(std::move(socket));
    }

    /// The client's view of a peer that says `text` and closes.
    Result<ClientResponse> answer_to(std::string text, Verb verb = Verb::get) {
        Client client(io.get_executor(), client_options);
        Result<ClientResponse> result = make_error(errc::io_error, "not asked");
        run([&]() -> Body {
            group.spawn("script", [](ClientFixture& all, std::string reply) -> Body {
                auto peer = co_await all.accepted();
                co_await peer.read_answer(false);
                co_await peer.send(std::move(reply));
            }(*this, std::move(text)));
            auto request = scripted_get();
            request.verb = verb;
            result = co_await client.request(std::move(request));
            BOOST_TEST(co_await group.wait_until_empty());
        });
        return result;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(client)

BOOST_FIXTURE_TEST_CASE(asks_and_reuses_its_connection, ClientFixture) {
    with_server([&]() -> Body {
        Client client(io.get_executor());
        for (int i = 0; i < 3; ++i) {
            auto const response = co_await client.request(get("/hello?name=me"));
            BOOST_REQUIRE_MESSAGE(response, response.error().message);
            BOOST_TEST(response->status == 200u);
            BOOST_TEST(response->headers.find("content-type").value() == "text/plain");
            BOOST_TEST(response->body == "hello me");
        }
        auto post = get("/echo");
        post.verb = Verb::post;
        post.body = std::string(3'000'000, 'r');
        auto const size = post.body.size();
        auto const echoed = co_await client.request(std::move(post));
        BOOST_TEST(echoed.value().body.size() == size);
        BOOST_TEST(server->counters().accepted == 1u);
        BOOST_TEST(accesses.front().user_agent == "dtrace-node/" + std::string(version));
    });
}

BOOST_FIXTURE_TEST_CASE(head_and_errors_are_answers, ClientFixture) {
    with_server([&]() -> Body {
        Client client(io.get_executor());
        auto head = get("/hello");
        head.verb = Verb::head;
        auto const empty = co_await client.request(std::move(head));
        BOOST_TEST(empty.value().body.empty());
        BOOST_TEST(empty.value().headers.find("Content-Length").value() == "5");
        auto const missing = co_await client.request(get("/nothing"));
        BOOST_TEST(missing.value().status == 404u);
        BOOST_TEST(server->counters().accepted == 1u);
    });
}

BOOST_FIXTURE_TEST_CASE(a_closed_kept_connection_is_replaced, ClientFixture) {
    options.limits.idle_timeout = milliseconds(200);  // long enough for a request to come
    with_server([&]() -> Body {
        Client client(io.get_executor());
        BOOST_TEST((co_await client.request(get("/hello"))).has_value());
        co_await eventually([&] { return server->counters().connections == 0; });
        BOOST_TEST((co_await client.request(get("/hello"))).has_value());
        BOOST_TEST(server->counters().accepted == 2u);
    });
}

BOOST_FIXTURE_TEST_CASE(a_kept_connection_that_closes_on_the_request_is_tried_again,
                        ClientFixture) {
    std::string const good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    run([&]() -> Body {
        Client client(io.get_executor());
        group.spawn("script", [](ClientFixture& all, std::string reply) -> Body {
            auto first = co_await all.accepted();
            co_await first.read_answer(false);
            co_await first.send(reply);
            co_await first.read_answer(false);  // the second request: closed without an answer
            first.close();
            auto second = co_await all.accepted();
            co_await second.read_answer(false);
            co_await second.send(reply);
            auto third = co_await all.accepted();  // a new connection gets no second chance
            co_await third.read_answer(false);
        }(*this, good));
        BOOST_TEST((co_await client.request(scripted_get())).has_value());
        BOOST_TEST((co_await client.request(scripted_get())).has_value());
        Client other(io.get_executor());
        auto const failed = co_await other.request(scripted_get());
        BOOST_TEST((failed.error().code == errc::connection_reset));
        BOOST_TEST(co_await group.wait_until_empty());
    });
}

BOOST_FIXTURE_TEST_CASE(concurrent_requests_have_connections_of_their_own, ClientFixture) {
    with_server([&]() -> Body {
        Client client(io.get_executor());
        int done = 0;
        for (int i = 0; i < 10; ++i)
            group.spawn("one", [](Client& shared, ClientRequest request, int& count) -> Body {
                auto const response = co_await shared.request(std::move(request));
                if (response && response->body == "hello") ++count;
            }(client, get("/hello"), done));
        co_await eventually([&] { return done == 10; });
        co_await eventually([&] { return server->counters().connections == 1; });  // one is kept
    });
}

BOOST_FIXTURE_TEST_CASE(refusal_names_the_origin_and_no_secret, ClientFixture) {
    acceptor.close();
    run([&]() -> Body {
        Client client(io.get_executor());
        ClientRequest request{.verb = Verb::get,
                              .url = url(1, "/x?token=geheim"),
                              .headers = {{"Authorization", basic_authorization({"n", "geheim"})}},
                              .body = {},
                              .timeout = {}};
        auto const failed = co_await client.request(std::move(request));
        BOOST_REQUIRE(failed.has_error());
        BOOST_TEST((failed.error().code == errc::connection_refused));
        BOOST_TEST(failed.error().message ==
                   "http://127.0.0.1:1: cannot connect: 127.0.0.1: Connection refused");
    });
}

BOOST_FIXTURE_TEST_CASE(a_silent_server_times_out, ClientFixture) {
    run([&]() -> Body {
        Client client(io.get_executor());
        auto request = scripted_get();
        request.timeout = milliseconds(20);
        auto const failed = co_await client.request(std::move(request));
        BOOST_REQUIRE(failed.has_error());
        BOOST_TEST((failed.error().code == errc::timed_out), failed.error().message);
    });
}

BOOST_FIXTURE_TEST_CASE(a_cancelled_caller_gets_its_way_at_once, ClientFixture) {
    with_server([&]() -> Body {
        Client client(io.get_executor());
        async::TaskGroup callers(io.get_executor(), log);
        boost::system::error_code code;
        callers.spawn(
            "poll",
            [](Client& shared, ClientRequest request, boost::system::error_code& result) -> Body {
                auto const response = co_await shared.request(std::move(request));
                result = response.error().code;
            }(client, get("/wait"), code));
        co_await eventually([&] { return waiting == 1; });
        co_await callers.join(seconds(30));
        BOOST_TEST((code == errc::operation_canceled));
        co_await eventually([&] { return cancelled == 1; });  // and the server sees it
    });
}

BOOST_FIXTURE_TEST_CASE(a_body_may_end_with_the_connection, ClientFixture) {
    BOOST_TEST(answer_to("HTTP/1.1 200 OK\r\n\r\nall there is").value().body == "all there is");
    auto const interim = answer_to("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
    BOOST_TEST(interim.value().status == 204u);
    auto const chunked = answer_to(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
    BOOST_TEST(chunked.value().body == "abc");
}

BOOST_FIXTURE_TEST_CASE(broken_answers_are_errors, ClientFixture) {
    auto const code = [&](std::string text) {
        auto const result = answer_to(std::move(text));
        return result ? boost::system::error_code() : result.error().code;
    };
    BOOST_TEST((code("SSH-2.0-OpenSSH\r\n") == errc::bad_message));
    BOOST_TEST(
        (code("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort") == errc::connection_reset));
    BOOST_TEST((code("HTTP/1.1 200 OK\r\nContent-Le") == errc::connection_reset));
    BOOST_TEST((code("") == errc::connection_reset));
    std::string interim;
    for (int i = 0; i < 50; ++i)
        interim += "HTTP/1.1 100 Continue\r\n\r\n";
    BOOST_TEST((code(interim) == errc::bad_message));
}

BOOST_FIXTURE_TEST_CASE(large_answers_are_refused, ClientFixture) {
    client_options.max_response_bytes = 100;
    client_options.max_header_bytes = 200;
    std::string const start = "HTTP/1.1 200 OK\r\n";
    for (auto const& text :
         {start + "Content-Length: 101\r\n\r\n", start + "\r\n" + std::string(101, 'x'),
          start + "Transfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'x') +
              "\r\n0\r\n\r\n",
          start + "A: " + std::string(50'000, 'a') + "\r\n\r\n"}) {
        auto const result = answer_to(text);
        BOOST_REQUIRE(result.has_error());
        BOOST_TEST((result.error().code == errc::message_size), result.error().message);
    }
}

BOOST_FIXTURE_TEST_CASE(an_answer_before_the_whole_request_is_heard, ClientFixture) {
    options.limits.max_body_bytes = 1000;
    with_server([&]() -> Body {
        Client client(io.get_executor());
        auto post = get("/echo");
        post.verb = Verb::post;
        post.body = std::string(700'000, 'r');
        auto const response = co_await client.request(std::move(post));
        BOOST_REQUIRE_MESSAGE(response, response.error().message);
        BOOST_TEST(response->status == 413u);
    });
}

BOOST_FIXTURE_TEST_CASE(names_are_resolved_by_whom_it_is_told, ClientFixture) {
    client_options.resolve =
        [](std::string host) -> boost::asio::awaitable<Result<std::vector<IpAddress>>> {
        if (host != "master.test") co_return make_error(errc::host_unreachable, "no such name");
        // The first address does not answer: the second is tried.
        co_return std::vector<IpAddress>{parse<IpAddress>("127.0.0.77").value(),
                                         parse<IpAddress>("127.0.0.1").value()};
    };
    with_server([&]() -> Body {
        Client client(io.get_executor(), client_options);
        auto request = get("/hello");
        request.url.host = "master.test";
        BOOST_TEST((co_await client.request(request)).has_value());
        request.url.host = "other.test";
        auto const failed = co_await client.request(std::move(request));
        BOOST_TEST(has(failed.error().message, "cannot connect: no such name"));
    });
}

BOOST_FIXTURE_TEST_CASE(the_systems_names_work, ClientFixture) {
    settle = seconds(60);  // getaddrinfo runs on a thread
    with_server([&]() -> Body {
        Client client(io.get_executor());
        auto request = get("/hello");
        request.url.host = "localhost";
        auto const response = co_await client.request(std::move(request));
        BOOST_TEST(response.has_value());
    });
}

BOOST_AUTO_TEST_SUITE_END()
