#include "certificate.hpp"
#include "server_fixture.hpp"

#include <dtrace/http/client.hpp>

#include <fstream>

using namespace dtrace;
using namespace dtrace::http;
using namespace dtrace::test;
using Body = boost::asio::awaitable<void>;

namespace {

struct TlsFixture : ServerFixture {
    TempDir dir;
    Certificate own = make_certificate(dir, "own");
    TlsServerFiles files{.certificate = own.certificate, .key = own.key, .client_ca = {}};
    TlsClientOptions trust{.ca = own.certificate, .pins = {}, .certificate = {}, .key = {}};

    /// The server opens its files when this is called.
    void secure() {
        auto tls = TlsServer::open(files);
        BOOST_REQUIRE_MESSAGE(tls, tls.error().message);
        options.tls = *tls;
    }

    ClientOptions client_options() const {
        ClientOptions result;
        auto tls = TlsClient::open(trust);
        BOOST_REQUIRE_MESSAGE(tls, tls.error().message);
        result.tls = *tls;
        return result;
    }

    ClientRequest ask_for(std::string_view target, std::string host = "127.0.0.1") const {
        Url url{
            .host = std::move(host), .port = server->local_port(), .target = "/", .secure = true};
        return {.verb = Verb::get,
                .url = url.with_target(target),
                .headers = {{"Authorization", "Basic c2VjcmV0OnNlY3JldA=="}},
                .body = {},
                .timeout = {}};
    }

    /// Why a client with `trust` does not get through; empty: it does.
    boost::asio::awaitable<std::string> failure(std::string host = "127.0.0.1") {
        Client client(io.get_executor(), client_options());
        auto request = ask_for("/hello", std::move(host));
        auto const response = co_await client.request(std::move(request));
        co_return response ? std::string() : response.error().message;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls, TlsFixture)

BOOST_AUTO_TEST_CASE(requests_go_over_one_connection) {
    secure();
    with_server([&]() -> Body {
        Client client(io.get_executor(), client_options());
        for (int i = 0; i < 3; ++i) {
            auto request = ask_for("/hello?name=me");
            auto const response = co_await client.request(std::move(request));
            BOOST_REQUIRE_MESSAGE(response, response.error().message);
            BOOST_TEST(response->body == "hello me");
            BOOST_TEST(response->headers.find("Strict-Transport-Security").value_or("") ==
                       "max-age=31536000");
        }
        auto post = ask_for("/echo");
        post.verb = Verb::post;
        post.body = std::string(3'000'000, 'r');
        auto const echoed = co_await client.request(std::move(post));
        BOOST_TEST(echoed.value().body.size() == 3'000'000u);
        BOOST_TEST(server->counters().accepted == 1u);
        BOOST_TEST(server->counters().tls_failures == 0u);
    });
}

BOOST_AUTO_TEST_CASE(a_certificate_holds_for_its_names) {
    secure();
    with_server([&]() -> Body {
        auto const by_name = co_await failure("localhost");
        BOOST_TEST(by_name == "");
    });
}

BOOST_AUTO_TEST_CASE(a_certificate_holds_for_no_other_name) {
    own = make_certificate(dir, "other", "DNS:elsewhere.example.net");
    files = {.certificate = own.certificate, .key = own.key, .client_ca = {}};
    trust.ca = own.certificate;
    secure();
    with_server([&]() -> Body {
        auto const by_address = co_await failure();
        BOOST_TEST(has(by_address, "IP address mismatch"), by_address);
        auto const by_name = co_await failure("localhost");
        BOOST_TEST(has(by_name, "mismatch"), by_name);
        BOOST_TEST(server->counters().requests == 0u);
    });
}

BOOST_AUTO_TEST_CASE(strangers_get_no_secret) {
    secure();
    trust.ca = make_certificate(dir, "unrelated").certificate;
    with_server([&]() -> Body {
        auto const why = co_await failure();
        BOOST_TEST(has(why, "the certificate is not trusted"), why);
        trust.ca.clear();  // whom the system trusts
        auto const as_system = co_await failure();
        BOOST_TEST(has(as_system, "the certificate is not trusted"), as_system);
        BOOST_TEST(server->counters().requests == 0u);
    });
}

BOOST_AUTO_TEST_CASE(a_pinned_key_is_trusted_and_no_other) {
    secure();
    trust.ca.clear();
    trust.pins = {pin_of(own, dir)};
    BOOST_TEST(check_pin(trust.pins.front()).has_value());
    with_server([&]() -> Body {
        auto const pinned = co_await failure("localhost");
        BOOST_TEST(pinned == "");
        auto const other = make_certificate(dir, "other");
        trust.pins = {pin_of(other, dir)};
        auto const why = co_await failure();
        BOOST_TEST(has(why, "another key than the pinned one"), why);
        BOOST_TEST(server->counters().requests == 1u);
    });
    BOOST_TEST(!check_pin("sha256//short").has_value());
    BOOST_TEST(!check_pin("md5//" + std::string(44, 'A')).has_value());
}

BOOST_AUTO_TEST_CASE(clients_may_have_to_show_a_certificate) {
    auto const friendly = make_certificate(dir, "friend");
    auto const stranger = make_certificate(dir, "stranger");
    files.client_ca = friendly.certificate;
    secure();
    with_server([&]() -> Body {
        auto const none = co_await failure();
        BOOST_TEST(has(none, "certificate required"), none);
        trust.certificate = stranger.certificate;
        trust.key = stranger.key;
        auto const wrong = co_await failure();
        BOOST_TEST(has(wrong, "unknown ca"), wrong);
        BOOST_TEST(server->counters().requests == 0u);
        trust.certificate = friendly.certificate;
        trust.key = friendly.key;
        auto const right = co_await failure();
        BOOST_TEST(right == "");
    });
}

BOOST_AUTO_TEST_CASE(a_new_certificate_holds_for_new_connections) {
    secure();
    auto const next = make_certificate(dir, "next");
    BOOST_TEST(!options.tls->reload().value());
    with_server([&]() -> Body {
        Client old(io.get_executor(), client_options());
        auto first = ask_for("/hello");
        BOOST_TEST((co_await old.request(std::move(first))).has_value());
        std::filesystem::copy_file(next.certificate, own.certificate,
                                   std::filesystem::copy_options::overwrite_existing);
        auto const half = options.tls->reload();  // the key does not fit yet
        BOOST_REQUIRE(!half);
        BOOST_TEST(has(half.error().message, "own.key"), half.error().message);
        std::filesystem::copy_file(next.key, own.key,
                                   std::filesystem::copy_options::overwrite_existing);
        BOOST_TEST(options.tls->reload().value());
        auto second = ask_for("/hello");
        BOOST_TEST((co_await old.request(std::move(second))).has_value());  // goes on
        trust.ca = next.certificate;
        auto const renewed = co_await failure();
        BOOST_TEST(renewed == "");
    });
}

BOOST_AUTO_TEST_CASE(wrong_files_are_named) {
    auto const refusal = [&] {
        auto const tls = TlsServer::open(files);
        return tls ? std::string("accepted") : tls.error().message;
    };
    std::ofstream(dir / "garbage") << "no certificate";
    files.certificate = dir / "garbage";
    BOOST_TEST(has(refusal(), "garbage: "), refusal());
    files.certificate = dir / "absent";
    BOOST_TEST(has(refusal(), "absent: No such file"), refusal());
    files.certificate = own.certificate;
    files.key = dir / "garbage";
    BOOST_TEST(has(refusal(), "garbage: "), refusal());
    files.key = own.key;
    files.client_ca = dir / "absent";
    BOOST_TEST(has(refusal(), "absent: No such file"), refusal());
}

BOOST_AUTO_TEST_CASE(whoever_does_not_shake_hands_is_left) {
    options.limits.handshake_timeout = milliseconds(20);
    secure();
    with_server([&]() -> Body {
        auto const silent = co_await ask("");
        BOOST_TEST(silent == "");
        auto const plain = co_await ask("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
        BOOST_TEST(!has(plain, "hello"));
        co_await eventually([&] { return server->counters().tls_failures == 2; });
        BOOST_TEST(server->counters().requests == 0u);
    });
}

BOOST_AUTO_TEST_CASE(a_peer_that_leaves_ends_its_handler) {
    secure();
    with_server([&]() -> Body {
        Client client(io.get_executor(), client_options());
        async::TaskGroup callers(io.get_executor(), log);
        callers.spawn("poll", [](Client& shared, ClientRequest request) -> Body {
            auto const response = co_await shared.request(std::move(request));
            BOOST_TEST(!response);
        }(client, ask_for("/wait-politely")));
        co_await eventually([&] { return waiting == 1; });
        co_await callers.join(long_after);
        co_await eventually([&] { return cancelled == 1; });
        BOOST_TEST(waiting == 1);
    });
}

BOOST_AUTO_TEST_CASE(the_server_stops_with_connections_open) {
    secure();
    with_server([&]() -> Body {
        Client client(io.get_executor(), client_options());
        auto request = ask_for("/hello");
        BOOST_TEST((co_await client.request(std::move(request))).has_value());
    });
}

BOOST_AUTO_TEST_SUITE_END()
