// What changes while a change waits for its turn.

#include "accounts/password_hash.hpp"
#include "api_fixture.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/task_group.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <future>
#include <string>
#include <utility>

using namespace dtrace;
using namespace dtrace::test;
namespace asio = boost::asio;

namespace {

struct TurnFixture : ApiFixture {
    TurnFixture() { set_password("the old one"); }

    void set_password(std::string_view password) {
        accounts.put(User{.name = "ada",
                          .role = Role::admin,
                          .password_hash = master::hash_password(password),
                          .created_at = {}});
    }

    static http::Request sending(http::Verb verb, std::string path, std::string body = {}) {
        auto made = request(std::move(path));
        made.verb = verb;
        made.headers.set("Content-Type", "application/json");
        made.body = std::move(body);
        return made;
    }
    static http::Request post(std::string path, std::string body) {
        return sending(http::Verb::post, std::move(path), std::move(body));
    }

    asio::awaitable<void> take_answer(http::Request asked, http::Response& response) {
        response = co_await router.handle(std::move(asked));
    }

    /// A thread that hashes passwords.
    asio::awaitable<void> occupy(std::shared_future<void> until) {
        (void)co_await async::offload(passwords, [&] { until.wait(); });
    }

    /// The answer to a request that waits for its turn while that happens.
    http::Response answer_after(std::function<void()> const& what_happens, http::Request asked) {
        http::Response response;
        run([&]() -> asio::awaitable<void> {
            async::TaskGroup tasks(io.get_executor(), log);
            auto turn = co_await changes.enter();
            BOOST_REQUIRE(turn.has_value());
            tasks.spawn("request", take_answer(std::move(asked), response));
            while (changes.waiting() == 0)
                co_await async::sleep_for(milliseconds(1));
            what_happens();
            turn.reset();
            co_await tasks.wait_until_empty();
        });
        return response;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(turn, TurnFixture)

BOOST_AUTO_TEST_CASE(a_login_with_the_password_of_before_makes_no_session) {
    auto const asked = post("/api/v1/session", R"({"user":"ada","password":"the old one"})");
    auto const response = answer_after([&] { set_password("the new one"); }, asked);
    BOOST_TEST(response.status == 401U);
    BOOST_TEST(!response.headers.find("Set-Cookie"));
    BOOST_TEST(accounts.sessions_of("ada").empty());
    BOOST_TEST(
        answer_after([] {}, post("/api/v1/session", R"({"user":"ada","password":"the new one"})"))
            .status == 200U);
}

BOOST_AUTO_TEST_CASE(a_password_that_was_reset_is_not_changed_by_the_one_before) {
    auto const token = "ada's";
    accounts.put(Token{.id = make_uuid_from_name(token),
                       .name = "test",
                       .user = "ada",
                       .role = Role::admin,
                       .hash = master::hash_of_secret(token),
                       .created_at = {},
                       .expires_at = {}});
    auto const change = post("/api/v1/session/password",
                             R"({"old_password":"the old one","new_password":"the thief's"})");
    auto const response =
        answer_after([&] { set_password("the new one"); }, with_token(token, change));
    BOOST_TEST(response.status == 401U);
    BOOST_TEST(master::is_right_password("the new one", accounts.user("ada")->password_hash));
}

BOOST_AUTO_TEST_CASE(a_token_that_was_removed_makes_no_other) {
    auto const asked =
        with_token(token_of(Role::operator_), post("/api/v1/tokens", R"({"name":"mine"})"));
    auto const id = accounts.tokens_of("the operator").front().id;
    BOOST_TEST(answer_after([&] { accounts.remove_token(id); }, asked).status == 401U);
    BOOST_TEST(accounts.tokens_of("the operator").empty());
}

BOOST_AUTO_TEST_CASE(who_is_no_administrator_any_more_changes_no_users) {
    auto const asked = with_token(token_of(Role::admin),
                                  post("/api/v1/users", R"({"name":"bob","role":"admin"})"));
    auto const lower = [&] {
        auto user = *accounts.user("the admin");
        user.role = Role::operator_;
        accounts.put(std::move(user));
    };
    BOOST_TEST(answer_after(lower, asked).status == 403U);
    BOOST_TEST(!accounts.user("bob"));
    BOOST_TEST(answer_after([] {}, with_token(token_of(Role::admin), asked)).status == 201U);
}

BOOST_AUTO_TEST_CASE(nobody_waits_while_the_secret_of_a_probe_is_hashed) {
    definitions.put(master::ProbeDefinition{.name = "n3",
                                            .password_hash = {},
                                            .tags = {},
                                            .mesh_address = {},
                                            .description = {},
                                            .created_at = {},
                                            .changed_at = {}});
    auto const asked =
        with_token(token_of(Role::admin),
                   sending(http::Verb::patch, "/api/v1/probes/n3", R"({"secret":"three"})"));
    http::Response response;
    run([&]() -> asio::awaitable<void> {
        std::promise<void> hashing;
        std::shared_future<void> const end = hashing.get_future();
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("one thread", occupy(end));
        tasks.spawn("the other", occupy(end));
        tasks.spawn("request", take_answer(asked, response));
        while (passwords.counters().waiting == 0)
            co_await async::sleep_for(milliseconds(1));
        auto turn = co_await async::with_deadline(Clock::now() + seconds(5), changes.enter());
        BOOST_TEST((turn && *turn));
        turn.reset();
        hashing.set_value();
        co_await tasks.wait_until_empty();
    });
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(master::is_right_password("three", definitions.probe("n3")->password_hash));
}

BOOST_AUTO_TEST_SUITE_END()
