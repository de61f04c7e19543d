#include "resources/handlers_session.hpp"

#include "accounts/account_rules.hpp"
#include "accounts/password_hash.hpp"
#include "accounts/secrets.hpp"
#include "accounts/user_changes.hpp"
#include "api/answers.hpp"
#include "api/body_rules.hpp"
#include "api/query_parameters.hpp"
#include "api/turn.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <fmt/format.h>

#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

std::string cookie(bool secure, std::string_view value, seconds lifetime) {
    return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}",
                       cookie_name(secure), value, lifetime.count(), secure ? "; Secure" : "");
}

http::Response wrong_password(Api& api, std::string const& user, std::string const& source) {
    api.user_passwords.count_failure();
    // A name that is not ours may be a password in the wrong place.
    api.log.warn("login refused",
                 {{"source", source}, {"user", api.accounts.user(user) ? user : "(unknown)"}});
    auto response = http::problem(401, "Log in", "unknown user or wrong password");
    response.headers.set("WWW-Authenticate", "Bearer realm=\"dtrace-node\"");
    return response;
}

/// The hash that the password was found to fit, or what to answer.
using Verified = boost::system::result<std::string, http::Response>;

asio::awaitable<Verified> verify_password(Api& api, std::string user, std::string password,
                                          IpAddress peer) {
    PasswordCheck::Attempt attempt{.name = user,
                                   .password = std::move(password),
                                   .hash = api.accounts.hash_of(user),
                                   .source = source_of(peer)};
    auto hash = attempt.hash;
    auto verdict = co_await api.user_passwords.verify(std::move(attempt));
    if (verdict.instead) co_return *std::move(verdict.instead);
    if (verdict.right && api.accounts.user(user)) co_return std::move(hash);
    co_return wrong_password(api, user, source_of(peer));
}

/// Within a turn: null where the password that was verified is theirs no more.
User const* user_with(Api const& api, std::string_view name, std::string const& verified_hash) {
    auto const* const user = api.accounts.user(name);
    return user && user->password_hash == verified_hash ? user : nullptr;
}

/// The session is kept in memory also where the database fails: a full disk must not lock anybody
/// out. What ends stays until the database has that too, or it would be back after a restart; only
/// the limit holds in any case.
asio::awaitable<void> begin(Api& api, Session session) {
    std::vector<store::RegistryChange> changes{
        {store::EntryKind::session, session.hash, json::write(session)}};
    auto ending = api.accounts.expired_sessions(session.created_at);
    auto const present = api.accounts.sessions_of(session.user);
    for (std::size_t i = 0; i + Accounts::most_sessions <= present.size(); ++i)
        ending.push_back(present[i].hash);
    for (auto const& hash : ending)
        changes.push_back({store::EntryKind::session, hash, std::nullopt});
    auto const failed = co_await api.changes.commit(std::move(changes), {});
    api.accounts.put(session);
    if (failed) {
        api.log.warn("session not stored", {{"user", session.user}});
        if (present.size() >= Accounts::most_sessions)
            api.accounts.remove_session(present.front().hash);
        co_return;
    }
    for (auto const& hash : ending)
        api.accounts.remove_session(hash);
}

}  // namespace

asio::awaitable<http::Response> post_session(Api& api, http::Request const& request) {
    if (auto refused = refuse_body(request)) co_return *std::move(refused);
    auto const input = json::read<LoginInput>(request.body, json::UnknownKeys::refuse);
    if (!input) co_return wrong_body(input.error());
    if (is_from_elsewhere(request))
        co_return http::problem(403, "Not allowed", "this comes from a page of another site");
    auto const verified = co_await verify_password(api, input->user, input->password, request.peer);
    if (!verified) co_return verified.error();
    auto const turn = co_await api.changes.enter();
    if (!turn) co_return too_many_changes();
    auto const* const user = user_with(api, input->user, *verified);
    if (!user) co_return wrong_password(api, input->user, source_of(request.peer));

    auto const secret = make_secret();
    auto const now = wall_clock_now();
    Session session{.hash = hash_of_secret(secret),
                    .user = user->name,
                    .created_at = now,
                    .expires_at = now + api.session_lifetime};
    SessionView const view{.user = user->name,
                           .role = user->role,
                           .csrf_token = csrf_token_of(secret),
                           .expires_at = session.expires_at};
    co_await begin(api, std::move(session));
    api.log.info("login", {{"user", *view.user}, {"source", source_of(request.peer)}});
    auto response = http::json_response(json::write(view));
    response.headers.set("Set-Cookie", cookie(request.secure, secret, api.session_lifetime));
    co_return response;
}

asio::awaitable<http::Response> get_session(Api& api, http::Request const& request, Caller caller) {
    SessionView view;
    view.role = caller.role;
    if (!caller.user.empty()) view.user = caller.user;
    if (auto const session = api.accounts.session(caller.session)) {
        view.csrf_token = csrf_token_of(find_cookie(request));
        view.expires_at = session->expires_at;
    }
    co_return http::json_response(json::write(view));
}

asio::awaitable<http::Response> delete_session(Api& api, http::Request const& request,
                                               Caller caller) {
    auto const turn = co_await api.changes.enter();
    if (!turn) co_return too_many_changes();
    if (!caller.session.empty()) {
        std::vector<store::RegistryChange> changes{
            {store::EntryKind::session, caller.session, std::nullopt}};
        auto failed = co_await api.changes.commit(std::move(changes), {});
        if (failed) co_return *std::move(failed);
        api.accounts.remove_session(caller.session);
    }
    http::Response response{.status = 204, .headers = {}, .body = {}};
    response.headers.set("Set-Cookie", cookie(request.secure, "", seconds(0)));
    co_return response;
}

asio::awaitable<http::Response> post_password(Api& api, http::Request const& request,
                                              Caller caller) {
    if (auto refused = refuse_body(request)) co_return *std::move(refused);
    auto const input = json::read<PasswordInput>(request.body, json::UnknownKeys::refuse);
    if (!input) co_return wrong_body(input.error());
    if (auto const fault = find_password_fault(input->new_password))
        co_return wrong_body({"new_password", *fault});
    auto const verified =
        co_await verify_password(api, caller.user, input->old_password, request.peer);
    if (!verified) co_return verified.error();
    auto hash = co_await async::offload(api.password_pool,
                                        [&] { return hash_password(input->new_password); });
    if (!hash) co_return too_many_changes();
    auto const turn = co_await take_turn(api, request, caller);
    if (!turn) co_return turn.error();
    auto const* const known = user_with(api, caller.user, *verified);
    if (!known) co_return wrong_password(api, caller.user, source_of(request.peer));
    User user = *known;
    user.password_hash = *std::move(hash);
    std::vector<AuditEntry> audit{audit_entry(caller, "change password", user.name)};
    auto failed = co_await keep_user(api, std::move(user), caller.session, std::move(audit));
    if (failed) co_return *std::move(failed);
    co_return http::Response{.status = 204, .headers = {}, .body = {}};
}

}  // namespace dtrace::master
