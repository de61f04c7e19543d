#include "resources/handlers_users.hpp"

#include "accounts/account_rules.hpp"
#include "accounts/password_hash.hpp"
#include "accounts/secrets.hpp"
#include "accounts/user_changes.hpp"
#include "api/answers.hpp"
#include "api/body_rules.hpp"
#include "api/query_parameters.hpp"
#include "api/turn.hpp"

#include <dtrace/http/target.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <limits>
#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

UserView user_view(Api const& api, User const& user) {
    return {.name = user.name,
            .role = user.role,
            .created_at = user.created_at,
            .sessions = api.accounts.sessions_of(user.name).size(),
            .tokens = api.accounts.tokens_of(user.name).size(),
            .password = std::nullopt};
}

http::Response no_such_user(std::string const& name) {
    return http::problem(404, "No such user", name);
}

http::Response last_admin() {
    return http::problem(409, "The last administrator",
                         "nobody could change users any more; make somebody else one first");
}

}  // namespace

asio::awaitable<http::Response> get_users(Api& api, http::Request const& request) {
    QueryParameters const query(request.query, {});
    if (query.fault()) co_return *query.fault();
    UserList list;
    for (auto const& user : api.accounts.users())
        list.users.push_back(user_view(api, user));
    co_return http::json_response(json::write(list));
}

asio::awaitable<http::Response> post_user(Api& api, http::Request const& request, Caller caller) {
    if (auto refused = refuse_body(request)) co_return *std::move(refused);
    auto input = json::read<UserInput>(request.body, json::UnknownKeys::refuse);
    if (!input) co_return wrong_body(input.error());
    if (auto const fault = find_fault(*input)) co_return wrong_body(*fault);
    bool const made_up = !input->password;
    auto const password = made_up ? make_password() : *input->password;
    auto hash = co_await async::offload(api.password_pool, [&] { return hash_password(password); });
    if (!hash) co_return too_many_changes();
    auto const turn = co_await take_turn(api, request, caller);
    if (!turn) co_return turn.error();
    if (api.accounts.user(input->name))
        co_return http::problem(409, "There is such a user", "the name is taken", "name");
    if (api.accounts.users().size() >= Accounts::most_users)
        co_return http::problem(409, "Too many users", "remove one first");

    User user{.name = std::move(input->name),
              .role = input->role,
              .password_hash = *std::move(hash),
              .created_at = wall_clock_now()};
    std::vector<AuditEntry> audit{audit_entry(caller, "create user", user.name)};
    auto failed = co_await keep_user(api, user, std::string(), std::move(audit));
    if (failed) co_return *std::move(failed);
    auto view = user_view(api, user);
    if (made_up) view.password = password;
    auto response = http::json_response(json::write(view), 201);
    response.headers.set("Location", "/api/v1/users/" + http::percent_encode(user.name));
    co_return response;
}

asio::awaitable<http::Response> patch_user(Api& api, http::Request const& request, Caller caller) {
    auto const& name = request.path_parameters.at("name");
    if (auto refused = refuse_body(request)) co_return *std::move(refused);
    auto const input = json::read<UserChangeInput>(request.body, json::UnknownKeys::refuse);
    if (!input) co_return wrong_body(input.error());
    std::optional<std::string> hash;
    if (input->password) {
        if (auto const reason = find_password_fault(*input->password))
            co_return wrong_body({"password", *reason});
        auto hashed = co_await async::offload(api.password_pool,
                                              [&] { return hash_password(*input->password); });
        if (!hashed) co_return too_many_changes();
        hash = *std::move(hashed);
    }
    auto const turn = co_await take_turn(api, request, caller);
    if (!turn) co_return turn.error();
    auto const* const known = api.accounts.user(name);
    if (!known) co_return no_such_user(name);
    User user = *known;
    user.role = input->role.value_or(user.role);
    if (user.role != Role::admin && api.accounts.is_last_admin(name)) co_return last_admin();
    if (hash) user.password_hash = *std::move(hash);
    std::vector<AuditEntry> audit{
        audit_entry(caller, hash ? "change user and password" : "change user", name)};
    std::string but_for;
    if (caller.user == name) but_for = caller.session;
    auto failed = co_await keep_user(api, user, std::move(but_for), std::move(audit));
    if (failed) co_return *std::move(failed);
    co_return http::json_response(json::write(user_view(api, user)));
}

asio::awaitable<http::Response> delete_user(Api& api, http::Request const& request, Caller caller) {
    auto const& name = request.path_parameters.at("name");
    auto const turn = co_await take_turn(api, request, caller);
    if (!turn) co_return turn.error();
    if (!api.accounts.user(name)) co_return no_such_user(name);
    if (api.accounts.is_last_admin(name)) co_return last_admin();
    std::vector<store::RegistryChange> changes{{store::EntryKind::user, name, std::nullopt}};
    for (auto const& token : api.accounts.tokens_of(name))
        changes.push_back({store::EntryKind::token, std::string(to_text(token.id)), std::nullopt});
    for (auto const& session : api.accounts.sessions_of(name))
        changes.push_back({store::EntryKind::session, session.hash, std::nullopt});
    std::vector<AuditEntry> audit{audit_entry(caller, "delete user", name)};
    auto failed = co_await api.changes.commit(std::move(changes), std::move(audit));
    if (failed) co_return *std::move(failed);
    api.accounts.remove_user(name);
    co_return http::Response{.status = 204, .headers = {}, .body = {}};
}

asio::awaitable<http::Response> get_audit(Api& api, http::Request const& request) {
    QueryParameters query(request.query, {"limit", "cursor"});
    store::AuditQuery wanted;
    wanted.limit =
        static_cast<std::uint32_t>(query.number("limit", 1, largest_page).value_or(wanted.limit));
    wanted.before = query.number("cursor", 0, std::numeric_limits<std::int64_t>::max());
    if (query.fault()) co_return *query.fault();
    auto page = co_await api.store.registry().audit(wanted);
    if (!page) co_return store_failed(page.error());
    AuditList list{.entries = std::move(page->entries),
                   .next = std::nullopt,
                   .unreadable = unless_none(page->unreadable.count)};
    if (page->next) list.next = std::to_string(*page->next);
    co_return http::json_response(json::write(list));
}

}  // namespace dtrace::master
