#include "fake_name_server.hpp"
#include "io_fixture.hpp"

#include <dtrace/wire/resolver.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <ip_literal.hpp>

using namespace dtrace;
using namespace dtrace::wire;
using Mood = test::FakeNameServer::Mood;
namespace asio = boost::asio;

namespace {

using test::ip;

struct ResolverFixture : test::IoFixture {
    test::FakeNameServer server;
    std::unique_ptr<Resolver> resolver = make({});

    std::unique_ptr<Resolver> make(ResolverOptions options) {
        options.servers = {server.address()};
        return make_resolver(io.get_executor(), std::move(options));
    }

    /// The addresses, or the message of the error.
    std::string addresses(std::string host, std::optional<Family> family = {}) {
        auto const found = value_of(resolver->addresses(std::move(host), family));
        if (!found) return found.error().message;
        std::string text;
        for (auto const& address : *found)
            text += (text.empty() ? "" : " ") + to_text(address);
        return text;
    }

    std::string name(char const* address) { return value_of(resolver->name(ip(address))); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(resolver, ResolverFixture)

BOOST_AUTO_TEST_CASE(literals_are_their_own_answer) {
    BOOST_TEST(addresses("192.0.2.1") == "192.0.2.1");
    BOOST_TEST(addresses("2001:db8::1", Family::ipv6) == "2001:db8::1");
    BOOST_TEST(addresses("192.0.2.1", Family::ipv6) == "192.0.2.1 is not an IPv6 address");
    BOOST_TEST(addresses("::1", Family::ipv4) == "::1 is not an IPv4 address");
    BOOST_TEST(addresses("::ffff:192.0.2.1") == "192.0.2.1");
    BOOST_TEST(addresses("::ffff:192.0.2.1", Family::ipv4) == "192.0.2.1");
    BOOST_TEST(addresses("::ffff:192.0.2.1", Family::ipv6) ==
               "::ffff:192.0.2.1 is not an IPv6 address");
    BOOST_TEST(addresses("192.0.2.256") ==
               "host name \"192.0.2.256\" is neither an IP address nor a name");
    BOOST_TEST(addresses("") == "host name \"\" is empty");
    BOOST_TEST(server.questions() == 0u);
}

BOOST_AUTO_TEST_CASE(names_are_asked_for) {
    server.host("www.example.net", ip("192.0.2.1"));
    server.host("www.example.net", ip("2001:db8::1"));
    BOOST_TEST(addresses("www.example.net", Family::ipv4) == "192.0.2.1");
    BOOST_TEST(addresses("www.example.net", Family::ipv6) == "2001:db8::1");
    auto const both = value_of(resolver->addresses("www.example.net", std::nullopt));
    BOOST_TEST(both.value().size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_hosts_file_is_respected) {
    BOOST_TEST(addresses("localhost", Family::ipv4) == "127.0.0.1");
    BOOST_TEST(server.questions() == 0u);
}

BOOST_AUTO_TEST_CASE(errors_say_what_is_wrong) {
    server.host("v4.example.net", ip("192.0.2.1"));
    server.pointer("nothing.example.net", "x.");
    BOOST_TEST(addresses("none.example.net") == "no such host: none.example.net");
    BOOST_TEST(addresses("v4.example.net", Family::ipv6) == "v4.example.net has no IPv6 address");
    BOOST_TEST(addresses("nothing.example.net") == "nothing.example.net has no address");
    server.mood(Mood::fails);
    BOOST_TEST(addresses("v4.example.net") == "name server does not answer for v4.example.net");
}

BOOST_AUTO_TEST_CASE(a_dead_server_is_waited_for_within_the_limit) {
    server.mood(Mood::silent);
    resolver = make({.address_limit = milliseconds(200), .name_limit = milliseconds(100)});
    run([&]() -> asio::awaitable<void> {
        auto const start = Clock::now();
        auto const found = co_await resolver->addresses("www.example.net", std::nullopt);
        BOOST_TEST(found.error().message == "name server does not answer for www.example.net");
        BOOST_TEST(co_await resolver->name(ip("192.0.2.1")) == "");
        auto const took = Clock::now() - start;
        BOOST_TEST((took >= milliseconds(300)));
        BOOST_TEST((took < milliseconds(2'800)));  // the library's own patience, for each
    });
}

BOOST_AUTO_TEST_CASE(silence_is_remembered_for_a_while) {
    server.mood(Mood::silent);
    resolver = make({.name_limit = milliseconds(50)});
    BOOST_TEST(name("192.0.2.1") == "");
    auto const asked = server.different_questions();
    BOOST_TEST(name("192.0.2.1") == "");
    BOOST_TEST(server.different_questions() == asked);
}

BOOST_AUTO_TEST_CASE(an_asker_who_leaves_takes_no_answer_from_another) {
    server.host("www.example.net", ip("192.0.2.1"));
    server.mood(Mood::silent);
    asio::cancellation_signal stop;
    int ended = 0;
    asio::co_spawn(io, resolver->addresses("www.example.net", Family::ipv4),
                   asio::bind_cancellation_slot(
                       stop.slot(), [&](std::exception_ptr, Result<std::vector<IpAddress>> found) {
                           BOOST_TEST(!found);
                           ++ended;
                       }));
    asio::co_spawn(io, resolver->addresses("www.example.net", Family::ipv4),
                   [&](std::exception_ptr, Result<std::vector<IpAddress>> found) {
                       BOOST_TEST(found.value().size() == 1u);
                       ++ended;
                   });
    io.poll();
    stop.emit(asio::cancellation_type::terminal);
    io.poll();
    BOOST_TEST(ended == 1);
    server.mood(Mood::answers);  // in time for the next try
    io.run_for(time_limit);
    BOOST_TEST(ended == 2);
}

BOOST_AUTO_TEST_CASE(a_silent_server_is_given_up_by_itself) {
    server.mood(Mood::silent);
    BOOST_TEST(addresses("www.example.net") == "name server does not answer for www.example.net");
    BOOST_TEST(server.questions() >= 2u);
}

BOOST_AUTO_TEST_CASE(a_port_where_nobody_listens) {
    resolver = make_resolver(io.get_executor(), {.servers = {"127.0.0.1:1"}});
    BOOST_TEST(addresses("www.example.net") == "name server does not answer for www.example.net");
    BOOST_TEST(name("192.0.2.1") == "");
}

BOOST_AUTO_TEST_CASE(reverse_names_are_asked_once) {
    server.pointer("1.2.0.192.in-addr.arpa", "r1.example.net");
    std::string v6_zone;
    for (int i = 0; i < 24; ++i)
        v6_zone += "0.";
    server.pointer("1.0.0.0.0.0.0.0." + v6_zone.substr(0, 32) + "8.b.d.0.1.0.0.2.ip6.arpa",
                   "r6.example.net");
    for (int twice = 0; twice < 2; ++twice) {
        BOOST_TEST(name("192.0.2.1") == "r1.example.net");
        BOOST_TEST(name("2001:db8::1") == "r6.example.net");
        BOOST_TEST(name("192.0.2.9") == "");
    }
    BOOST_TEST(server.different_questions() == 3u);
}

BOOST_AUTO_TEST_CASE(names_that_no_host_may_have_are_not_believed) {
    server.pointer("1.2.0.192.in-addr.arpa", "evil\x1b[31m.example.net");
    server.pointer("2.2.0.192.in-addr.arpa", "<script>.example.net");
    BOOST_TEST(name("192.0.2.1") == "");
    BOOST_TEST(name("192.0.2.2") == "");
}

BOOST_AUTO_TEST_CASE(equal_questions_at_the_same_time_are_one) {
    server.pointer("1.2.0.192.in-addr.arpa", "r1.example.net");
    int answered = 0;
    for (int i = 0; i < 100; ++i)
        asio::co_spawn(io, resolver->name(ip("192.0.2.1")),
                       [&](std::exception_ptr, std::string const& found) {
                           answered += found == "r1.example.net" ? 1 : 0;
                       });
    io.run_for(time_limit);
    BOOST_TEST(answered == 100);
    BOOST_TEST(server.different_questions() == 1u);
}

BOOST_AUTO_TEST_CASE(many_questions_queue) {
    resolver = make({.in_flight = 4});
    int answered = 0;
    for (unsigned i = 0; i < 500; ++i) {
        std::string const last = std::to_string(i % 250);
        std::string const third = std::to_string(i / 250);
        server.pointer(last + '.' + third + ".0.10.in-addr.arpa", "r" + std::to_string(i));
        auto const address = ip(("10.0." + third + '.' + last).c_str());
        asio::co_spawn(io, resolver->name(address),
                       [&, i](std::exception_ptr, std::string const& found) {
                           answered += found == "r" + std::to_string(i) ? 1 : 0;
                       });
    }
    io.run_for(time_limit);
    BOOST_TEST(answered == 500);
}

BOOST_AUTO_TEST_CASE(waiting_can_be_cancelled) {
    server.mood(Mood::silent);
    asio::cancellation_signal stop;
    std::optional<Result<std::vector<IpAddress>>> outcome;
    asio::co_spawn(io, resolver->addresses("www.example.net", std::nullopt),
                   asio::bind_cancellation_slot(
                       stop.slot(), [&](std::exception_ptr, Result<std::vector<IpAddress>> found) {
                           outcome = std::move(found);
                       }));
    io.poll();
    BOOST_TEST(!outcome);
    stop.emit(asio::cancellation_type::terminal);
    io.poll();
    BOOST_REQUIRE(outcome);
    BOOST_TEST(outcome->error().code == asio::error::operation_aborted);
    resolver.reset();
    io.run_for(time_limit);
    BOOST_TEST(io.stopped());
}

BOOST_AUTO_TEST_CASE(it_may_go_while_questions_are_under_way) {
    server.mood(Mood::silent);
    resolver = make({.in_flight = 2});
    int ended = 0;
    for (unsigned i = 0; i < 10; ++i) {
        asio::co_spawn(io, resolver->name(IpV4(0x0a000000u + i)),
                       [&](std::exception_ptr, std::string const& name) {
                           BOOST_TEST(name == "");
                           ++ended;
                       });
        asio::co_spawn(io, resolver->addresses("h" + std::to_string(i), Family::ipv4),
                       [&](std::exception_ptr, Result<std::vector<IpAddress>> const& found) {
                           BOOST_TEST(found.error().code == asio::error::operation_aborted);
                           ++ended;
                       });
    }
    io.poll();
    resolver.reset();
    io.run_for(time_limit);
    BOOST_TEST(io.stopped());
    BOOST_TEST(ended == 20);
}

BOOST_AUTO_TEST_CASE(everything_may_go_at_once) {
    server.mood(Mood::silent);
    asio::io_context other;
    auto doomed = make_resolver(other.get_executor(), {.servers = {server.address()}});
    asio::co_spawn(other, doomed->name(ip("192.0.2.1")), [](std::exception_ptr, std::string) {});
    asio::co_spawn(other, doomed->addresses("www.example.net", std::nullopt),
                   [](std::exception_ptr, Result<std::vector<IpAddress>> const&) {});
    other.poll();
    doomed.reset();  // and then the io_context, with coroutines that never resume
}

BOOST_AUTO_TEST_SUITE_END()
