#include "resources/handlers_catalog.hpp"

#include "accounts/password_hash.hpp"
#include "accounts/secrets.hpp"
#include "api/body_rules.hpp"
#include "api/catalog_page.hpp"
#include "api/entity_tag.hpp"
#include "api/query_parameters.hpp"
#include "api/turn.hpp"
#include "catalog/probe_rules.hpp"

#include <dtrace/http/target.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace dtrace::master {

namespace {

using store::EntryKind;

ProbeView probe_view(Api const& api, std::string const& name) {
    ProbeView view;
    view.name = name;
    view.origin = api.definitions.origin_of(name).value_or(Origin::file);
    if (auto const* tags = api.book.tags(name)) view.tags = *tags;
    view.online = api.activity.is_online(name, Clock::now());
    view.measurements = api.board.measurement_count(name);
    if (auto const* activity = api.activity.find(name)) {
        view.traces_since_start = activity->traces;
        view.last_seen = activity->last_seen;
        view.address = activity->address;
        if (!activity->version.empty()) view.version = activity->version;
    }
    if (view.origin != Origin::api) return view;
    auto const& definition = *api.definitions.probe(name);
    view.description = definition.description;
    view.mesh_address = definition.mesh_address;
    view.created_at = definition.created_at;
    view.changed_at = definition.changed_at;
    return view;
}

/// What a change is made for; nothing changes here what comes from elsewhere.
std::string definition_of(Api const& api, std::string const& name) {
    auto const* const definition = api.definitions.probe(name);
    return definition ? json::write(*definition) : "";
}

http::Response shown_probe(Api const& api, ProbeView const& view, unsigned status) {
    auto response = http::json_response(json::write(view), status);
    response.headers.set("ETag", entity_tag(definition_of(api, view.name), response.body));
    if (status == 201)
        response.headers.set("Location", "/api/v1/probes/" + http::percent_encode(view.name));
    return response;
}

/// What keeps a probe from being changed here.
std::optional<http::Response> refuse_probe_change(Api const& api, std::string const& name) {
    auto const origin = api.definitions.origin_of(name);
    if (!origin) return http::problem(404, "No such probe", name);
    if (*origin == Origin::file)
        return http::problem(409, "Comes from a file",
                             "change it in " + api.config.states().front().file);
    if (*origin == Origin::local)
        return http::problem(409, "The local probe", "it belongs to the master's own process");
    return std::nullopt;
}

/// What others measured of this probe in meshes stays welcome when it leaves them.
void keep_parts_of_probe(Api const& api, std::string const& name,
                         std::vector<store::RegistryChange>& changes) {
    auto const* const probe = api.definitions.probe(name);
    if (!probe) return;
    for (auto const& each : api.definitions.measurements())
        if (each.mesh && std::ranges::find(probe->tags, *each.mesh) != probe->tags.end())
            changes.push_back(kept_as_former(mesh_part({each.id, each.name}, name)));
}

boost::asio::awaitable<std::optional<http::Response>> keep_probe(Api& api, ProbeDefinition probe,
                                                                 AuditEntry entry) {
    std::vector<store::RegistryChange> changes{{EntryKind::probe, probe.name, json::write(probe)}};
    auto const* const before = api.definitions.probe(probe.name);
    if (before && before->tags != probe.tags) keep_parts_of_probe(api, probe.name, changes);
    std::vector<AuditEntry> audit{std::move(entry)};
    auto failed = co_await api.changes.commit(std::move(changes), std::move(audit));
    if (failed) co_return failed;
    api.definitions.put(std::move(probe));
    api.board_changed.notify_all();
    co_return std::nullopt;
}

/// The probe as it is, and how the request changes it; or the answer instead.
using AskedChange = boost::system::result<std::pair<ProbeDefinition, ProbeInput>, http::Response>;

AskedChange change_asked_for(Api const& api, http::Request const& request) {
    auto const& name = request.path_parameters.at("name");
    if (auto refused = refuse_probe_change(api, name)) return *std::move(refused);
    if (auto stale = refuse_stale(request, definition_of(api, name))) return *std::move(stale);
    auto const& probe = *api.definitions.probe(name);
    auto input = read_change(probe, request.verb == http::Verb::patch, request.body);
    if (!input) return wrong_body(input.error());
    return std::pair(probe, std::move(input).value());
}

}  // namespace

Answer get_probes(Api& api, http::Request const& request) {
    QueryParameters query(request.query, {"tag", "q", "origin", "online", "limit", "cursor"});
    CatalogQuery const wanted(query);
    auto const online = query.boolean("online");
    if (query.fault()) co_return *query.fault();
    auto names = api.book.names();
    std::ranges::sort(names);
    ProbeList list;
    for (auto const& name : names) {
        if (name <= wanted.cursor) continue;
        auto view = probe_view(api, name);
        if (!wanted.wants(name, view.origin, view.tags)) continue;
        if (online && view.online != *online) continue;
        if (list.probes.size() == wanted.limit) {
            list.next = list.probes.back().name;
            break;
        }
        list.probes.push_back(std::move(view));
    }
    co_return http::json_response(json::write(list));
}

Answer get_probe(Api& api, http::Request const& request) {
    QueryParameters const query(request.query, {});
    if (query.fault()) co_return *query.fault();
    auto const& name = request.path_parameters.at("name");
    if (!api.definitions.origin_of(name)) co_return http::problem(404, "No such probe", name);
    co_return unless_known(request, shown_probe(api, probe_view(api, name), 200));
}

Answer post_probe(Api& api, http::Request const& request, Caller caller) {
    if (auto refused = refuse_body(request)) co_return *std::move(refused);
    auto const input = json::read<ProbeInput>(request.body, json::UnknownKeys::refuse);
    if (!input) co_return wrong_body(input.error());
    if (auto const fault = find_fault(*input)) co_return wrong_body(*fault);
    auto const secret = input->secret ? *input->secret : make_secret();
    auto hash = co_await async::offload(api.password_pool, [&] { return hash_password(secret); });
    if (!hash) co_return too_many_changes();
    auto const turn = co_await take_turn(api, request, caller);
    if (!turn) co_return turn.error();
    auto const& name = *input->name;
    if (api.definitions.origin_of(name) || api.definitions.probe(name))
        co_return http::problem(409, "There is such a probe", "the name is taken", "name");
    if (api.definitions.probe_count() >= Definitions::most_probes)
        co_return http::problem(409, "Too many probes", "remove one first");
    auto const now = wall_clock_now();
    ProbeDefinition probe{.name = name,
                          .password_hash = *std::move(hash),
                          .tags = input->tags,
                          .mesh_address = input->mesh_address,
                          .description = input->description,
                          .created_at = now,
                          .changed_at = now};
    auto entry = audit_entry(caller, "create probe", name);
    auto failed = co_await keep_probe(api, std::move(probe), std::move(entry));
    if (failed) co_return *std::move(failed);
    auto view = probe_view(api, name);
    if (!input->secret) view.secret = secret;
    co_return shown_probe(api, view, 201);
}

Answer change_probe(Api& api, http::Request const& request, Caller caller) {
    auto const name = request.path_parameters.at("name");
    if (auto refused = refuse_body(request)) co_return *std::move(refused);
    auto const early = change_asked_for(api, request);
    if (!early) co_return early.error();
    // Nobody waits for this hash: it is made before the turn.
    std::optional<std::string> hash;
    if (auto const& secret = early->second.secret) {
        auto hashed =
            co_await async::offload(api.password_pool, [&] { return hash_password(*secret); });
        if (!hashed) co_return too_many_changes();
        hash = *std::move(hashed);
    }
    auto const turn = co_await take_turn(api, request, caller);
    if (!turn) co_return turn.error();
    auto asked = change_asked_for(api, request);
    if (!asked) co_return asked.error();
    auto& [probe, input] = *asked;
    auto entry = audit_entry(caller, hash ? "change probe and secret" : "change probe", name);
    if (hash) probe.password_hash = *std::move(hash);
    probe.tags = std::move(input.tags);
    probe.description = std::move(input.description);
    probe.mesh_address = input.mesh_address;
    probe.changed_at = wall_clock_now();
    auto failed = co_await keep_probe(api, std::move(probe), std::move(entry));
    if (failed) co_return *std::move(failed);
    co_return shown_probe(api, probe_view(api, name), 200);
}

Answer delete_probe(Api& api, http::Request const& request, Caller caller) {
    auto const name = request.path_parameters.at("name");
    auto const turn = co_await take_turn(api, request, caller);
    if (!turn) co_return turn.error();
    if (auto refused = refuse_probe_change(api, name)) co_return *std::move(refused);
    if (auto stale = refuse_stale(request, definition_of(api, name))) co_return *std::move(stale);
    std::vector<store::RegistryChange> changes{{EntryKind::probe, name, std::nullopt}};
    keep_parts_of_probe(api, name, changes);
    std::vector<AuditEntry> audit{audit_entry(caller, "delete probe", name)};
    auto failed = co_await api.changes.commit(std::move(changes), std::move(audit));
    if (failed) co_return *std::move(failed);
    api.definitions.remove_probe(name);
    api.board_changed.notify_all();
    co_return http::Response{.status = 204, .headers = {}, .body = {}};
}

}  // namespace dtrace::master
