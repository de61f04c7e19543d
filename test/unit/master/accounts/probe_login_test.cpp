#include "accounts/password_hash.hpp"
#include "api_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::test;
namespace asio = boost::asio;

namespace {

struct ProbeLoginFixture : ApiFixture {
    ProbeLoginFixture() { set_up(); }

    unsigned status_of(std::string name, std::string secret, char const* peer = "192.0.2.77") {
        auto request = as(std::move(name), std::move(secret), ApiFixture::request("/"));
        request.peer = asio::ip::make_address(peer);
        auto const result = value_of(login.check(request));
        return result ? 200 : result.error().status;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(probe_login)

BOOST_FIXTURE_TEST_CASE(the_right_secret_gets_in, ProbeLoginFixture) {
    BOOST_TEST(status_of("n1", "one") == 200U);
    BOOST_TEST(status_of("n2", "two") == 200U);
    BOOST_TEST(login.counters().failed == 0U);
    // None of them was worth an argon2id verification.
    BOOST_TEST(passwords.counters().done == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_hash_from_the_file_is_verified_once, ProbeLoginFixture) {
    book.replace({{.name = "n1",
                   .password = {},
                   .password_hash = master::hash_password("one"),
                   .tags = {}}});
    BOOST_TEST(status_of("n1", "one") == 200U);
    BOOST_TEST(passwords.counters().done == 1U);
    BOOST_TEST(status_of("n1", "one") == 200U);
    BOOST_TEST(passwords.counters().done == 1U);
}

BOOST_FIXTURE_TEST_CASE(wrong_and_unknown_get_the_same_answer_for_the_same_work,
                        ProbeLoginFixture) {
    auto const answer_for = [&](std::string name) {
        auto const result = value_of(login.check(as(std::move(name), "wrong", request("/"))));
        BOOST_REQUIRE(!result.has_value());
        return result.error();
    };
    auto const wrong = answer_for("n1");
    BOOST_TEST(passwords.counters().done == 1U);
    auto const unknown = answer_for("nobody");
    BOOST_TEST(passwords.counters().done == 2U);
    BOOST_TEST(wrong.status == 401U);
    BOOST_TEST(wrong.body == unknown.body);
    BOOST_TEST(contains(*wrong.headers.find("WWW-Authenticate"), "Basic realm="));
    BOOST_TEST(login.counters().failed == 2U);
}

BOOST_FIXTURE_TEST_CASE(no_credentials_are_no_failed_login, ProbeLoginFixture) {
    auto const result = value_of(login.check(request("/")));
    BOOST_REQUIRE(!result.has_value());
    BOOST_TEST(result.error().status == 401U);
    BOOST_TEST(login.counters().failed == 0U);
}

BOOST_FIXTURE_TEST_CASE(failed_logins_are_slowed_and_counted, ProbeLoginFixture) {
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(status_of("n1", "wrong") == 401U);
    auto const slowed = value_of(login.check(as("n1", "wrong", request("/"))));
    BOOST_REQUIRE(!slowed.has_value());
    BOOST_TEST(slowed.error().status == 429U);
    BOOST_TEST(*slowed.error().headers.find("Retry-After") == "1");
    BOOST_TEST(login.counters().failed == 3U);
    BOOST_TEST(login.counters().slowed == 1U);
    // Unverified: a slowed guess costs nothing here and learns nothing there.
    BOOST_TEST(passwords.counters().done == 3U);
    // Who is known to be right is never slowed, nor is another probe, nor another source.
    BOOST_TEST(status_of("n1", "one") == 200U);
    BOOST_TEST(status_of("n2", "wrong") == 401U);
    BOOST_TEST(status_of("n1", "wrong", "192.0.2.78") == 401U);
}

BOOST_FIXTURE_TEST_CASE(guessing_names_is_slowed_too, ProbeLoginFixture) {
    unsigned tries = 0;
    while (status_of("guess" + std::to_string(tries), "x", "2001:db8::1") == 401U)
        ++tries;
    BOOST_TEST(tries == 11U);
    BOOST_TEST(status_of("n1", "x", "2001:db8::ffff") == 429U);  // the same /64
    BOOST_TEST(status_of("n1", "x", "2001:db8:0:1::1") == 401U);
}

BOOST_FIXTURE_TEST_CASE(guessing_from_many_sources_is_slowed_and_keeps_no_other_source_out,
                        ProbeLoginFixture) {
    book.replace({{.name = "n1",
                   .password = {},
                   .password_hash = master::hash_password("one"),
                   .tags = {}}});
    auto const source = [](int i) { return "198.51.100." + std::to_string(i); };
    for (int i = 0; i < 21; ++i)
        BOOST_TEST(status_of("n1", "wrong", source(i).c_str()) == 401U);
    // From now on each has one try; without an attack they would wait half a second.
    BOOST_TEST(status_of("n1", "wrong", source(0).c_str()) == 401U);
    auto again = as("n1", "wrong", request("/"));
    again.peer = asio::ip::make_address(source(0));
    auto const slowed = value_of(login.check(again));
    BOOST_REQUIRE(!slowed.has_value());
    BOOST_TEST(slowed.error().status == 429U);
    auto const wait = std::stoi(std::string(*slowed.error().headers.find("Retry-After")));
    BOOST_TEST((wait > 30 && wait <= 60), wait);
    BOOST_TEST(status_of("n2", "wrong", source(0).c_str()) == 401U);
    BOOST_TEST(status_of("n1", "one", source(99).c_str()) == 200U);
}

BOOST_FIXTURE_TEST_CASE(too_many_verifications_at_once_are_busy, ProbeLoginFixture) {
    async::WorkerPool tiny{{.name = "tiny", .threads = 1, .max_waiting = 1}};
    master::ProbeLogin small(book, tiny, log,
                             {.per_name = {}, .per_source = {.free_failures = 99}});
    std::size_t busy = 0;
    std::size_t ended = 0;
    constexpr std::size_t all = 8;
    run([&]() -> asio::awaitable<void> {
        async::Wakeup done(io.get_executor());
        for (std::size_t i = 0; i < all; ++i)
            asio::co_spawn(
                io,
                [&, i]() -> asio::awaitable<void> {
                    auto const request = as("x" + std::to_string(i), "y", ApiFixture::request("/"));
                    auto const result = co_await small.check(request);
                    if (!result && result.error().status == 503) ++busy;
                    ++ended;
                    done.notify_all();
                },
                [](std::exception_ptr failure) { BOOST_TEST(!failure); });
        while (ended < all)
            co_await done.wait();
    });
    BOOST_TEST(busy >= 5U);
    BOOST_TEST(small.counters().busy == busy);
    BOOST_TEST(small.counters().failed == all - busy);
}

BOOST_FIXTURE_TEST_CASE(the_log_never_has_a_secret, ProbeLoginFixture) {
    status_of("n1", "hunter2-wrong");
    status_of("hunter2-as-a-name", "n1");
    status_of("n1", "one");
    BOOST_TEST(log.count("login refused") == 2U);
    BOOST_TEST(contains(log.text(), "n1"));
    BOOST_TEST(!contains(log.text(), "hunter2"));
    BOOST_TEST(!contains(log.text(), "one"));
}

BOOST_AUTO_TEST_SUITE_END()
