#include "resources/handlers_tokens.hpp"

#include "accounts/account_rules.hpp"
#include "accounts/secrets.hpp"
#include "api/body_rules.hpp"
#include "api/query_parameters.hpp"
#include "api/turn.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

TokenView token_view(Token const& token) {
    return {.id = token.id,
            .name = token.name,
            .user = token.user,
            .role = token.role,
            .created_at = token.created_at,
            .expires_at = token.expires_at,
            .token = std::nullopt};
}

}  // namespace

asio::awaitable<http::Response> get_tokens(Api& api, http::Request const& request, Caller caller) {
    QueryParameters const query(request.query, {});
    if (query.fault()) co_return *query.fault();
    TokenList list;
    for (auto const& token :
         caller.role == Role::admin ? api.accounts.tokens() : api.accounts.tokens_of(caller.user))
        list.tokens.push_back(token_view(token));
    co_return http::json_response(json::write(list));
}

asio::awaitable<http::Response> post_token(Api& api, http::Request const& request, Caller caller) {
    if (auto refused = refuse_body(request)) co_return *std::move(refused);
    auto input = json::read<TokenInput>(request.body, json::UnknownKeys::refuse);
    if (!input) co_return wrong_body(input.error());
    if (auto const fault = find_fault(*input, caller.role, wall_clock_now()))
        co_return wrong_body(*fault);
    auto const turn = co_await take_turn(api, request, caller);
    if (!turn) co_return turn.error();
    if (api.accounts.tokens_of(caller.user).size() >= Accounts::most_tokens)
        co_return http::problem(409, "Too many tokens", "remove one first");

    auto const secret = make_secret("dtn_");
    auto const now = wall_clock_now();
    Token token{.id = make_uuid_v7(now),
                .name = std::move(input->name),
                .user = caller.user,
                .role = input->role.value_or(caller.role),
                .hash = hash_of_secret(secret),
                .created_at = now,
                .expires_at = input->expires_at};
    auto const id = std::string(to_text(token.id));
    std::vector<store::RegistryChange> changes{{store::EntryKind::token, id, json::write(token)}};
    std::vector<AuditEntry> audit{audit_entry(caller, "create token", token.name)};
    auto failed = co_await api.changes.commit(std::move(changes), std::move(audit));
    if (failed) co_return *std::move(failed);
    auto view = token_view(token);
    view.token = secret;
    api.accounts.put(std::move(token));
    auto response = http::json_response(json::write(view), 201);
    response.headers.set("Location", "/api/v1/tokens/" + id);
    co_return response;
}

asio::awaitable<http::Response> delete_token(Api& api, http::Request const& request,
                                             Caller caller) {
    auto const id = parse<Uuid>(request.path_parameters.at("id"));
    if (!id) co_return http::problem(400, "Wrong token id", id.error().message, "id");
    auto const turn = co_await take_turn(api, request, caller);
    if (!turn) co_return turn.error();
    auto const* const token = api.accounts.token(*id);
    if (!token || (token->user != caller.user && caller.role != Role::admin))
        co_return http::problem(404, "No such token", to_text(*id));
    std::vector<store::RegistryChange> changes{
        {store::EntryKind::token, std::string(to_text(*id)), std::nullopt}};
    std::vector<AuditEntry> audit{audit_entry(caller, "delete token", token->name)};
    auto failed = co_await api.changes.commit(std::move(changes), std::move(audit));
    if (failed) co_return *std::move(failed);
    api.accounts.remove_token(*id);
    co_return http::Response{.status = 204, .headers = {}, .body = {}};
}

}  // namespace dtrace::master
