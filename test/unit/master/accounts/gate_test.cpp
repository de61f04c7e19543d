#include "accounts/gate.hpp"

#include "accounts/secrets.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace dtrace;
using namespace dtrace::master;

namespace {

struct GateFixture {
    Timestamp now = *parse<Timestamp>("2026-11-22T12:00:00Z");
    Accounts accounts;
    Gate gate{accounts, {}};
    Gate open_gate{accounts, {.reading = true}};

    GateFixture() {
        for (Role const role : {Role::viewer, Role::operator_, Role::admin})
            accounts.put(User{.name = std::string(to_text(role)),
                              .role = role,
                              .password_hash = {},
                              .created_at = now});
        token("t-operator", "operator", Role::operator_);
        session("c-operator", "operator");
    }

    void token(std::string secret, std::string user, Role role,
               std::optional<Timestamp> expires = std::nullopt) {
        accounts.put(Token{.id = make_uuid_from_name(secret),
                           .name = "script",
                           .user = std::move(user),
                           .role = role,
                           .hash = hash_of_secret(secret),
                           .created_at = now,
                           .expires_at = expires});
    }
    void session(std::string secret, std::string user) {
        accounts.put(Session{.hash = hash_of_secret(secret),
                             .user = std::move(user),
                             .created_at = now,
                             .expires_at = now + std::chrono::hours(1)});
    }

    static http::Request request(http::Headers headers, http::Verb verb = http::Verb::get) {
        http::Request request;
        request.verb = verb;
        request.headers = std::move(headers);
        request.headers.set("Host", "dtrace.example.net:8990");
        request.peer = boost::asio::ip::make_address("192.0.2.1");
        return request;
    }
    static http::Request bearer(std::string token) {
        return request({{"Authorization", "Bearer " + token}});
    }
    static http::Request with_cookie(http::Headers more = {}, http::Verb verb = http::Verb::post) {
        auto made = request(std::move(more), verb);
        made.headers.set("Cookie", "a=b; dtrace_session=c-operator;c=d");
        return made;
    }
    /// 200: admitted.
    unsigned status(http::Request const& request, Access access = Access::viewer) const {
        auto const caller = gate.admit(request, access, now);
        return caller ? 200 : caller.error().status;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(the_gate, GateFixture)

BOOST_AUTO_TEST_CASE(a_token_may_do_what_its_role_may) {
    BOOST_TEST(status(bearer("t-operator"), Access::viewer) == 200U);
    BOOST_TEST(status(bearer("t-operator"), Access::user) == 200U);
    BOOST_TEST(status(bearer("t-operator"), Access::operator_) == 200U);
    BOOST_TEST(status(bearer("t-operator"), Access::admin) == 403U);
    auto const caller = gate.admit(bearer("t-operator"), Access::viewer, now);
    BOOST_TEST(caller->user == "operator");
    BOOST_TEST(caller->token == "script");
    BOOST_TEST(caller->address.to_string() == "192.0.2.1");
}

BOOST_AUTO_TEST_CASE(a_token_may_do_no_more_than_its_user) {
    token("t-much", "viewer", Role::admin);
    token("t-little", "admin", Role::viewer);
    BOOST_TEST(status(bearer("t-much"), Access::operator_) == 403U);
    BOOST_TEST(status(bearer("t-much"), Access::viewer) == 200U);
    BOOST_TEST(status(bearer("t-little"), Access::operator_) == 403U);
}

BOOST_AUTO_TEST_CASE(what_is_unknown_or_over_does_not_pass) {
    BOOST_TEST(status(request({})) == 401U);
    BOOST_TEST(status(bearer("nonsense")) == 401U);
    BOOST_TEST(status(bearer("")) == 401U);
    BOOST_TEST(status(request({{"Authorization", "Basic bjE6b25l"}})) == 401U);
    token("t-over", "admin", Role::admin, now);
    token("t-not-over", "admin", Role::admin, now + seconds(1));
    BOOST_TEST(status(bearer("t-over")) == 401U);
    BOOST_TEST(status(bearer("t-not-over")) == 200U);
    accounts.remove_user("operator");
    BOOST_TEST(status(bearer("t-operator")) == 401U);
    BOOST_TEST(status(with_cookie({}, http::Verb::get)) == 401U);
}

BOOST_AUTO_TEST_CASE(a_session_reads_without_more_and_ends) {
    BOOST_TEST(status(with_cookie({}, http::Verb::get)) == 200U);
    BOOST_TEST(status(with_cookie({}, http::Verb::get), Access::admin) == 403U);
    now += std::chrono::hours(1);
    BOOST_TEST(status(with_cookie({}, http::Verb::get)) == 401U);
}

BOOST_AUTO_TEST_CASE(a_session_changes_nothing_without_the_token_of_its_page) {
    auto const token = csrf_token_of("c-operator");
    BOOST_TEST(status(with_cookie({{"X-CSRF-Token", token}})) == 200U);
    BOOST_TEST(status(with_cookie()) == 403U);
    BOOST_TEST(status(with_cookie({{"X-CSRF-Token", csrf_token_of("other")}})) == 403U);
    for (auto const verb : {http::Verb::put, http::Verb::patch, http::Verb::delete_})
        BOOST_TEST(status(with_cookie({}, verb)) == 403U);
    BOOST_TEST(status(with_cookie({{"X-CSRF-Token", token},
                                   {"Origin", "http://dtrace.example.net:8990"}})) == 200U);
    for (auto const* origin : {"http://evil.example.net", "http://dtrace.example.net", "null", ""})
        BOOST_TEST(status(with_cookie({{"X-CSRF-Token", token}, {"Origin", origin}})) == 403U,
                   origin);
    BOOST_TEST(status(with_cookie({{"X-CSRF-Token", token}, {"Sec-Fetch-Site", "cross-site"}})) ==
               403U);
    BOOST_TEST(status(with_cookie({{"X-CSRF-Token", token}, {"Sec-Fetch-Site", "same-origin"}})) ==
               200U);
}

BOOST_AUTO_TEST_CASE(over_tls_only_the_protected_cookie_counts) {
    auto secure = with_cookie({}, http::Verb::get);
    secure.secure = true;
    BOOST_TEST(status(secure) == 401U);
    secure.headers.set("Cookie", "__Host-dtrace_session=c-operator");
    BOOST_TEST(status(secure) == 200U);
}

BOOST_AUTO_TEST_CASE(nobody_in_particular_may_read_where_that_is_allowed) {
    auto const caller = open_gate.admit(request({}), Access::viewer, now);
    BOOST_REQUIRE(caller);
    BOOST_TEST(caller->user.empty());
    for (auto const access : {Access::user, Access::operator_, Access::admin})
        BOOST_TEST(!open_gate.admit(request({}), access, now));
    BOOST_TEST(!open_gate.admit(bearer("nonsense"), Access::viewer, now));
}

BOOST_AUTO_TEST_CASE(the_last_administrator_is_known) {
    BOOST_TEST(accounts.is_last_admin("admin"));
    BOOST_TEST(!accounts.is_last_admin("viewer"));
    BOOST_TEST(!accounts.is_last_admin("nobody"));
    accounts.put(
        User{.name = "second", .role = Role::admin, .password_hash = {}, .created_at = now});
    BOOST_TEST(!accounts.is_last_admin("admin"));
}

BOOST_AUTO_TEST_CASE(secrets_are_random_and_long) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        auto const token = make_secret("dtn_");
        BOOST_TEST(token.size() == 47U);
        BOOST_TEST(token.starts_with("dtn_"));
        BOOST_TEST(make_password().size() == 24U);
        BOOST_TEST(seen.insert(token).second);
        BOOST_TEST(seen.insert(make_password()).second);
    }
    BOOST_TEST(hash_of_secret("a").size() == 64U);
    BOOST_TEST(hash_of_secret("a") != hash_of_secret("b"));
}

BOOST_AUTO_TEST_SUITE_END()
