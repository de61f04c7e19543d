#include "accounts/password_hash.hpp"
#include "api_fixture.hpp"
#include "catalog/load_registry.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

using namespace dtrace;
using namespace dtrace::test;

namespace {

struct HandlersUsersFixture : ApiFixture {
    std::string const admin_password = make_admin();

    std::string make_admin() {
        auto made = value_of(master::make_first_admin(store, accounts, passwords));
        BOOST_REQUIRE(made.has_value());
        BOOST_REQUIRE(made->has_value());
        return **made;
    }

    static http::Request sending(http::Verb verb, std::string path, std::string body) {
        auto made = request(std::move(path));
        made.verb = verb;
        made.headers.set("Content-Type", "application/json");
        made.body = std::move(body);
        return made;
    }
    static http::Request post(std::string path, std::string body) {
        return sending(http::Verb::post, std::move(path), std::move(body));
    }

    http::Response log_in(std::string user, std::string password) {
        return answer_as_it_is(post(
            "/api/v1/session", R"({"user":")" + user + R"(","password":")" + password + "\"}"));
    }

    struct Browser {
        std::string cookie;
        std::string csrf;
    };
    Browser browser(std::string user, std::string password) {
        auto const response = log_in(std::move(user), std::move(password));
        BOOST_REQUIRE_MESSAGE(response.status == 200, response.body);
        auto cookie = std::string(*response.headers.find("Set-Cookie"));
        BOOST_TEST(contains(cookie, "; HttpOnly; SameSite=Strict"));
        cookie.resize(cookie.find(';'));
        auto const body = boost::json::parse(response.body);
        return {cookie, std::string(body.at("csrf_token").as_string())};
    }
    http::Response in(Browser const& from, http::Request asked) {
        asked.headers.set("Cookie", from.cookie);
        asked.headers.set("X-CSRF-Token", from.csrf);
        return answer_as_it_is(std::move(asked));
    }

    std::string everything_kept() const {
        std::string all = log.text();
        for (auto const& [key, content] : store.kept_entries)
            all += key.second + content + '\n';
        return all;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handlers_users, HandlersUsersFixture)

BOOST_AUTO_TEST_CASE(the_first_administrator_is_made_once_and_only_hashed) {
    BOOST_TEST(admin_password.size() == 24U);
    BOOST_TEST(!contains(everything_kept(), admin_password));
    auto const again = value_of(master::make_first_admin(store, accounts, passwords));
    BOOST_TEST(!again->has_value());
    master::Accounts read;
    BOOST_TEST(value_of(master::load_accounts(store, read)).has_value());
    BOOST_REQUIRE(read.user("admin"));
    BOOST_TEST(master::is_right_password(admin_password, read.user("admin")->password_hash));
    BOOST_TEST(store.kept_audit.front().action == "create user");
}

BOOST_AUTO_TEST_CASE(a_browser_logs_in_works_and_logs_out) {
    auto const mine = browser("admin", admin_password);
    BOOST_TEST(!contains(everything_kept(), mine.cookie.substr(mine.cookie.find('=') + 1)));
    auto const who = boost::json::parse(in(mine, request("/api/v1/session")).body);
    BOOST_TEST(who.at("user").as_string() == "admin");
    BOOST_TEST(who.at("role").as_string() == "admin");
    BOOST_TEST(who.at("csrf_token").as_string() == mine.csrf);
    BOOST_TEST(in(mine, request("/api/v1/users")).status == 200U);
    auto without = mine;
    without.csrf.clear();
    BOOST_TEST(in(without, sending(http::Verb::delete_, "/api/v1/session", "")).status == 403U);
    auto const left = in(mine, sending(http::Verb::delete_, "/api/v1/session", ""));
    BOOST_TEST(left.status == 204U);
    BOOST_TEST(contains(*left.headers.find("Set-Cookie"), "Max-Age=0"));
    BOOST_TEST(in(mine, request("/api/v1/session")).status == 401U);
}

BOOST_AUTO_TEST_CASE(a_logout_that_cannot_be_stored_can_be_repeated) {
    auto const mine = browser("admin", admin_password);
    auto const leave = sending(http::Verb::delete_, "/api/v1/session", "");
    store.failure = make_error(boost::system::errc::no_space_on_device, "disk full");
    BOOST_TEST(in(mine, leave).status == 507U);
    BOOST_TEST(in(mine, request("/api/v1/session")).status == 200U);
    store.failure.reset();
    BOOST_TEST(in(mine, leave).status == 204U);
    BOOST_TEST(value_of(master::load_accounts(store, accounts)).has_value());
    BOOST_TEST(in(mine, request("/api/v1/session")).status == 401U);
}

BOOST_AUTO_TEST_CASE(what_ends_with_a_login_ends_in_the_database_too) {
    auto const expired = [&] {
        return accounts.expired_sessions(wall_clock_now() + std::chrono::hours(2)).size();
    };
    Session old{.hash = "old", .user = "admin", .created_at = {}, .expires_at = {}};
    store.kept_entries[{store::EntryKind::session, "old"}] = "{}";
    accounts.put(old);
    store.failure = make_error(boost::system::errc::no_space_on_device, "disk full");
    browser("admin", admin_password);
    BOOST_TEST(expired() == 2U);  // the next login tries again
    store.failure.reset();
    browser("admin", admin_password);
    BOOST_TEST(!accounts.session("old"));
    BOOST_TEST(!store.kept_entries.contains({store::EntryKind::session, "old"}));
}

BOOST_AUTO_TEST_CASE(a_session_outlives_the_master) {
    auto const mine = browser("admin", admin_password);
    accounts.replace({}, {}, {});
    BOOST_TEST(in(mine, request("/api/v1/session")).status == 401U);
    BOOST_TEST(value_of(master::load_accounts(store, accounts)).has_value());
    BOOST_TEST(in(mine, request("/api/v1/session")).status == 200U);
}

BOOST_AUTO_TEST_CASE(wrong_passwords_are_refused_and_slowed_down) {
    BOOST_TEST(log_in("nobody", "wrong password").status == 401U);
    unsigned status = 0;
    for (int i = 0; i < 4 && status != 429; ++i)
        status = log_in("admin", "wrong password").status;
    BOOST_TEST(status == 429U);
    BOOST_TEST(log_in("admin", admin_password).status == 429U);
    BOOST_TEST(!contains(log.text(), "nobody"));
    BOOST_TEST(!contains(log.text(), "wrong password"));
    BOOST_TEST(user_passwords.counters().failed >= 2U);
}

BOOST_AUTO_TEST_CASE(a_form_of_another_site_cannot_log_in) {
    auto form = post("/api/v1/session", R"({"user":"admin","password":")" + admin_password + "\"}");
    form.headers.set("Content-Type", "text/plain");
    BOOST_TEST(answer_as_it_is(form).status == 415U);
    form.headers.set("Content-Type", "application/json; charset=utf-8");
    form.headers.set("Origin", "http://evil.example.net");
    BOOST_TEST(answer_as_it_is(form).status == 403U);
    form.headers.set("Host", "evil.example.net");
    BOOST_TEST(answer_as_it_is(form).status == 200U);
}

BOOST_AUTO_TEST_CASE(users_are_added_changed_and_removed) {
    auto const made = answer(post("/api/v1/users", R"({"name":"ada","role":"operator"})"));
    BOOST_TEST(made.status == 201U);
    BOOST_TEST(*made.headers.find("Location") == "/api/v1/users/ada");
    auto const password = std::string(boost::json::parse(made.body).at("password").as_string());
    auto const hers = browser("ada", password);
    BOOST_TEST(answer(post("/api/v1/users", R"({"name":"ada","role":"admin"})")).status == 409U);
    BOOST_TEST(!contains(get("/api/v1/users").body, "password"));

    BOOST_TEST(in(hers, request("/api/v1/users")).status == 403U);
    BOOST_TEST(
        answer(sending(http::Verb::patch, "/api/v1/users/ada", R"({"role":"admin"})")).status ==
        200U);
    BOOST_TEST(in(hers, request("/api/v1/users")).status == 401U);  // her session has ended
    auto const again = browser("ada", password);
    BOOST_TEST(in(again, request("/api/v1/users")).status == 200U);
    BOOST_TEST(in(again, sending(http::Verb::delete_, "/api/v1/users/nobody", "")).status == 404U);
    BOOST_TEST(answer(sending(http::Verb::delete_, "/api/v1/users/ada", "")).status == 204U);
    BOOST_TEST(in(again, request("/api/v1/users")).status == 401U);
    BOOST_TEST(log_in("ada", password).status == 401U);
}

BOOST_AUTO_TEST_CASE(somebody_remains_who_can_change_users) {
    auto const mine = browser("admin", admin_password);
    for (auto const& asked :
         {sending(http::Verb::delete_, "/api/v1/users/admin", ""),
          sending(http::Verb::patch, "/api/v1/users/admin", R"({"role":"viewer"})")}) {
        auto const response = in(mine, asked);
        BOOST_TEST(response.status == 409U, response.body);
    }
    BOOST_TEST(in(mine, post("/api/v1/users", R"({"name":"b","role":"admin"})")).status == 201U);
    BOOST_TEST(in(mine, sending(http::Verb::delete_, "/api/v1/users/admin", "")).status == 204U);
}

BOOST_AUTO_TEST_CASE(faults_name_the_member) {
    for (auto const& [body, path] : std::map<std::string, std::string>{
             {R"({"name":"","role":"viewer"})", "name"},
             {R"({"name":"x","role":"root"})", "role"},
             {R"({"name":"x","role":"viewer","password":"short"})", "password"},
             {R"({"name":"x","role":"viewer","is_admin":true})", "is_admin"},
             {R"({"name":"x"})", "role"}}) {
        auto const response = answer(post("/api/v1/users", body));
        BOOST_TEST(response.status == 400U, body);
        BOOST_TEST(contains(response.body, "\"path\":\"" + path + '"'), response.body);
    }
}

BOOST_AUTO_TEST_CASE(ones_own_password) {
    auto const mine = browser("admin", admin_password);
    auto const other = browser("admin", admin_password);
    auto const change = [&](std::string old_password, std::string new_password) {
        return in(mine, post("/api/v1/session/password", R"({"old_password":")" + old_password +
                                                             R"(","new_password":")" +
                                                             new_password + "\"}"))
            .status;
    };
    BOOST_TEST(change("not the old one", "the new one") == 401U);
    BOOST_TEST(change(admin_password, "short") == 400U);
    BOOST_TEST(change(admin_password, "the new one") == 204U);
    BOOST_TEST(in(mine, request("/api/v1/session")).status == 200U);
    BOOST_TEST(in(other, request("/api/v1/session")).status == 401U);
    BOOST_TEST(log_in("admin", "the new one").status == 200U);
}

BOOST_AUTO_TEST_CASE(tokens_are_shown_once_and_end) {
    auto const mine = browser("admin", admin_password);
    auto const made = in(mine, post("/api/v1/tokens", R"({"name":"ci","role":"viewer"})"));
    BOOST_REQUIRE(made.status == 201U);
    auto const token = std::string(boost::json::parse(made.body).at("token").as_string());
    auto const location = std::string(*made.headers.find("Location"));
    BOOST_TEST(!contains(everything_kept(), token));
    BOOST_TEST(!contains(in(mine, request("/api/v1/tokens")).body, token));
    auto const by_token = [&](http::Request asked) {
        return answer_as_it_is(with_token(token, std::move(asked))).status;
    };
    BOOST_TEST(by_token(request("/api/v1/status")) == 200U);
    BOOST_TEST(by_token(request("/api/v1/users")) == 403U);
    BOOST_TEST(by_token(post("/api/v1/tokens", R"({"name":"x","role":"admin"})")) == 400U);
    BOOST_TEST(by_token(sending(http::Verb::delete_, location, "")) == 204U);
    BOOST_TEST(by_token(request("/api/v1/status")) == 401U);
    auto const past =
        in(mine, post("/api/v1/tokens", R"({"name":"x","expires_at":"2020-01-01T00:00:00Z"})"));
    BOOST_TEST(past.status == 400U);
    BOOST_TEST(contains(past.body, "\"path\":\"expires_at\""));
}

BOOST_AUTO_TEST_CASE(others_tokens_are_not_ones_own) {
    auto const foreign = master::hash_of_secret("the admin's token");
    auto const admin = token_of(Role::admin);
    auto const viewer = token_of(Role::viewer);
    auto const id = to_text(accounts.tokens_of("the admin").front().id);
    auto asked = sending(http::Verb::delete_, "/api/v1/tokens/" + id, "");
    BOOST_TEST(answer_as_it_is(with_token(viewer, asked)).status == 404U);
    auto const list = answer_as_it_is(with_token(viewer, request("/api/v1/tokens"))).body;
    BOOST_TEST(boost::json::parse(list).at("tokens").as_array().size() == 1U);
    BOOST_TEST(!contains(list, foreign));
}

BOOST_AUTO_TEST_CASE(the_audit_log_says_who_did_what) {
    auto const mine = browser("admin", admin_password);
    in(mine, post("/api/v1/users", R"({"name":"ada","role":"viewer"})"));
    in(mine, sending(http::Verb::delete_, "/api/v1/users/ada", ""));
    auto const page = boost::json::parse(get("/api/v1/audit", {{"limit", "1"}}).body);
    auto const& newest = page.at("entries").at(0);
    BOOST_TEST(newest.at("action").as_string() == "delete user");
    BOOST_TEST(newest.at("subject").as_string() == "ada");
    BOOST_TEST(newest.at("user").as_string() == "admin");
    BOOST_TEST(newest.at("address").as_string() == "192.0.2.77");
    auto const cursor = std::string(page.at("next").as_string());
    auto const next =
        boost::json::parse(get("/api/v1/audit", {{"limit", "1"}, {"cursor", cursor}}).body);
    BOOST_TEST(next.at("entries").at(0).at("action").as_string() == "create user");
    auto const all = store.kept_audit.size();
    auto const last = get("/api/v1/audit", {{"limit", std::to_string(all)}}).body;
    BOOST_TEST(boost::json::parse(last).at("entries").as_array().size() == all);
    BOOST_TEST(!contains(last, "\"next\""), last);
}

BOOST_AUTO_TEST_CASE(a_full_disk_changes_nothing_and_locks_nobody_out) {
    store.failure = make_error(boost::system::errc::no_space_on_device, "disk full");
    auto const mine = browser("admin", admin_password);
    auto const response = in(mine, post("/api/v1/users", R"({"name":"ada","role":"viewer"})"));
    BOOST_TEST(response.status == 507U);
    BOOST_TEST(!accounts.user("ada"));
}

BOOST_AUTO_TEST_SUITE_END()
