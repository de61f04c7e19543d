#include "api/body_rules.hpp"
#include "api/catalog_page.hpp"
#include "api/entity_tag.hpp"
#include "api/query_parameters.hpp"
#include "api/turn.hpp"
#include "catalog/measurement_rules.hpp"
#include "catalog/packet_load.hpp"
#include "catalog/unknown_probes.hpp"
#include "once/once_traces.hpp"
#include "resources/handlers_catalog.hpp"
#include "resources/handlers_once.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <string>
#include <utility>

namespace dtrace::master {

namespace {

using store::EntryKind;

constexpr std::uint64_t largest_progress = (std::uint64_t{1} << 53) - 1;

MeasurementView measurement_view(Api const& api, Measurement const& measurement) {
    MeasurementView view;
    static_cast<Measurement&>(view) = measurement;
    view.unknown_probes = unknown_probes(api.book, measurement.probes);
    if (auto const* const definition = api.definitions.measurement(measurement.id);
        definition && !api.definitions.file_measurement(measurement.id)) {
        view.origin = Origin::api;
        view.created_at = definition->created_at;
        view.changed_at = definition->changed_at;
    }
    if (!measurement.mesh) return view;
    auto const prefix = measurement.name + '/';
    for (auto const& part : api.board.measurements())
        if (part.name.starts_with(prefix) && !api.definitions.measurement(part.id) &&
            !api.definitions.file_measurement(part.id))
            view.parts.push_back({.id = part.id, .name = part.name});
    return view;
}

Measurement const* find(Api const& api, Uuid const& id) {
    if (auto const* of_file = api.definitions.file_measurement(id)) return of_file;
    auto const* const definition = api.definitions.measurement(id);
    return definition ? &definition->measurement : nullptr;
}

http::Response shown_measurement(Api const& api, Measurement const& measurement, unsigned status) {
    auto response = http::json_response(json::write(measurement_view(api, measurement)), status);
    response.headers.set("ETag", entity_tag(json::write(measurement), response.body));
    if (status == 201)
        response.headers.set("Location", "/api/v1/measurements/" + to_text(measurement.id));
    return response;
}

http::Response no_such(Uuid const& id) {
    return http::problem(404, "No such measurement", to_text(id));
}

/// What keeps a measurement from being changed here.
std::optional<http::Response> refuse_measurement_change(Api const& api, Uuid const& id) {
    if (api.definitions.file_measurement(id))
        return http::problem(409, "Comes from a file",
                             "change it in " + api.config.states().back().file);
    if (api.once_runs.find(id))
        return http::problem(409, "Measured on demand", "order another one instead");
    if (!api.definitions.measurement(id)) return no_such(id);
    return std::nullopt;
}

/// Somebody else has this name.
std::optional<http::Response> refuse_name(Api const& api, std::string const& name, Uuid const& id) {
    auto const holder = api.definitions.find(name);
    if (!holder || *holder == id) return std::nullopt;
    return http::problem(409, "There is such a measurement", "the name is taken", "name");
}

/// A probe would have too much to do.
std::optional<http::Response> refuse_overload(Api const& api, Measurement const& measurement) {
    auto const probe = api.board.find_overloaded(measurement);
    if (!probe) return std::nullopt;
    auto const most = std::to_string(static_cast<int>(most_packets_a_second));
    return wrong_body({"interval_s", "with all of its measurements probe " + *probe +
                                         " would have to send more than " + most +
                                         " packets a second"});
}

/// So that traces of a mesh's parts are welcome after a restart too.
void keep_mesh_parts(Api const& api, Measurement const& gone,
                     std::vector<store::RegistryChange>& changes) {
    if (!gone.mesh) return;
    for (auto const& part : api.board.parts_of(gone))
        changes.push_back(kept_as_former(part));
}

boost::asio::awaitable<std::optional<http::Response>> keep_measurement(
    Api& api, MeasurementDefinition definition, AuditEntry entry) {
    auto const id = std::string(to_text(definition.measurement.id));
    std::vector<store::RegistryChange> changes{
        {EntryKind::measurement, id, json::write(definition)}};
    auto const* const before = api.definitions.measurement(definition.measurement.id);
    if (before && before->measurement.mesh != definition.measurement.mesh)
        keep_mesh_parts(api, before->measurement, changes);
    std::vector<AuditEntry> audit{std::move(entry)};
    auto failed = co_await api.changes.commit(std::move(changes), std::move(audit));
    if (failed) co_return failed;
    api.definitions.put(std::move(definition));
    api.board_changed.notify_all();
    co_return std::nullopt;
}

/// An entry of which no more than its id is known. Its traces stay, and are welcome still.
boost::asio::awaitable<std::optional<http::Response>> remove_damaged(Api& api, Uuid id,
                                                                     Caller caller) {
    auto const key = std::string(to_text(id));
    std::vector<store::RegistryChange> changes;
    for (auto const kind : api.definitions.damaged(id))
        changes.push_back({kind, key, std::nullopt});
    changes.push_back(kept_as_former({.id = id, .name = key}));
    std::vector<AuditEntry> audit{audit_entry(caller, "delete damaged measurement", key)};
    auto failed = co_await api.changes.commit(std::move(changes), std::move(audit));
    if (!failed) api.definitions.forget_damaged(id);
    co_return failed;
}

Result<Uuid> id_of(http::Request const& request) {
    return parse<Uuid>(request.path_parameters.at("id"));
}

http::Response wrong_id(Error const& error) {
    return http::problem(400, "Wrong measurement id", error.message, "id");
}

}  // namespace

Answer get_measurements(Api& api, http::Request const& request) {
    QueryParameters query(request.query, {"tag", "q", "origin", "probe", "limit", "cursor"});
    CatalogQuery const wanted(query);
    auto const probe = query.text("probe");
    if (query.fault()) co_return *query.fault();
    BoardProbe asked{.name = probe.value_or(""), .tags = {}, .address = std::nullopt};
    if (auto const* tags = api.book.tags(asked.name)) asked.tags = *tags;
    auto const is_for = [&](Measurement const& each) {
        if (!probe) return true;
        if (!each.mesh) return selects(each, asked);
        return std::ranges::find(asked.tags, *each.mesh) != asked.tags.end();
    };
    MeasurementList list;
    for (auto const& each : api.definitions.measurements()) {
        auto const id = to_text(each.id);
        auto const origin = api.definitions.file_measurement(each.id) ? Origin::file : Origin::api;
        if (id <= wanted.cursor || !wanted.wants(each.name, origin, each.tags) || !is_for(each))
            continue;
        if (list.measurements.size() == wanted.limit) {
            list.next = to_text(list.measurements.back().id);
            break;
        }
        list.measurements.push_back(measurement_view(api, each));
    }
    co_return http::json_response(json::write(list));
}

Answer get_measurement(Api& api, http::Request const& request) {
    QueryParameters query(request.query, {"wait", "after", "progress"});
    OnceWait const asked{.wait = seconds(query.number("wait", 0, 60).value_or(0)),
                         .results = query.number("after", 0, most_once_probes).value_or(0),
                         .progress = query.number("progress", 0, largest_progress)};
    if (query.fault()) co_return *query.fault();
    auto const id = id_of(request);
    if (!id) co_return wrong_id(id.error());
    if (auto const* const run = api.once_runs.find(*id))
        co_return co_await show_once(api, *run, asked);
    auto const* const measurement = find(api, *id);
    if (!measurement) co_return no_such(*id);
    co_return unless_known(request, shown_measurement(api, *measurement, 200));
}

Answer post_measurement(Api& api, http::Request const& request, Caller caller) {
    if (auto refused = refuse_body(request)) co_return *std::move(refused);
    auto input = json::read<MeasurementInput>(request.body, json::UnknownKeys::refuse);
    if (!input) co_return wrong_body(input.error());
    if (input->once)
        co_return co_await start_once(api, request, *std::move(input), std::move(caller));
    if (auto const fault = find_fault(*input)) co_return wrong_body(*fault);
    auto const turn = co_await take_turn(api, request, caller);
    if (!turn) co_return turn.error();
    auto const now = wall_clock_now();
    MeasurementDefinition definition{
        .measurement = to_measurement(*std::move(input), make_uuid_v7(now)),
        .created_at = now,
        .changed_at = now};
    auto const measurement = definition.measurement;
    if (auto refused = refuse_name(api, measurement.name, measurement.id))
        co_return *std::move(refused);
    if (auto fault = find_unknown_probe(api.book, measurement.probes)) co_return wrong_body(*fault);
    if (auto refused = refuse_overload(api, measurement)) co_return *std::move(refused);
    if (api.definitions.measurement_count() >= Definitions::most_measurements)
        co_return http::problem(409, "Too many measurements", "remove one first");
    auto entry = audit_entry(caller, "create measurement", measurement.name);
    auto failed = co_await keep_measurement(api, std::move(definition), std::move(entry));
    if (failed) co_return *std::move(failed);
    co_return shown_measurement(api, measurement, 201);
}

Answer change_measurement(Api& api, http::Request const& request, Caller caller) {
    auto const id = id_of(request);
    if (!id) co_return wrong_id(id.error());
    if (auto refused = refuse_body(request)) co_return *std::move(refused);
    auto const turn = co_await take_turn(api, request, caller);
    if (!turn) co_return turn.error();
    if (auto refused = refuse_measurement_change(api, *id)) co_return *std::move(refused);
    MeasurementDefinition definition = *api.definitions.measurement(*id);
    if (auto stale = refuse_stale(request, json::write(definition.measurement)))
        co_return *std::move(stale);
    auto input =
        read_change(definition.measurement, request.verb == http::Verb::patch, request.body);
    if (!input) co_return wrong_body(input.error());
    if (auto refused = refuse_name(api, input->name, *id)) co_return *std::move(refused);
    auto const before = definition.measurement.probes;
    definition.measurement = to_measurement(*std::move(input), *id);
    definition.changed_at = wall_clock_now();
    auto const measurement = definition.measurement;
    if (auto fault = find_unknown_probe(api.book, measurement.probes, before))
        co_return wrong_body(*fault);
    if (auto refused = refuse_overload(api, measurement)) co_return *std::move(refused);
    auto entry = audit_entry(caller, "change measurement", measurement.name);
    auto failed = co_await keep_measurement(api, std::move(definition), std::move(entry));
    if (failed) co_return *std::move(failed);
    co_return shown_measurement(api, measurement, 200);
}

Answer delete_measurement(Api& api, http::Request const& request, Caller caller) {
    auto const id = id_of(request);
    if (!id) co_return wrong_id(id.error());
    if (api.once_runs.find(*id)) co_return co_await drop_once(api, request, *id, std::move(caller));
    auto const turn = co_await take_turn(api, request, caller);
    if (!turn) co_return turn.error();
    if (!api.definitions.measurement(*id) && !api.definitions.damaged(*id).empty()) {
        auto failed = co_await remove_damaged(api, *id, std::move(caller));
        if (failed) co_return *std::move(failed);
        co_return http::Response{.status = 204, .headers = {}, .body = {}};
    }
    if (auto refused = refuse_measurement_change(api, *id)) co_return *std::move(refused);
    auto const& measurement = api.definitions.measurement(*id)->measurement;
    if (auto stale = refuse_stale(request, json::write(measurement))) co_return *std::move(stale);
    auto const key = std::string(to_text(*id));
    MeasurementName const former{.id = *id, .name = measurement.name};
    std::vector<store::RegistryChange> changes{{EntryKind::measurement, key, std::nullopt},
                                               kept_as_former(former)};
    keep_mesh_parts(api, measurement, changes);
    std::vector<AuditEntry> audit{audit_entry(caller, "delete measurement", former.name)};
    auto failed = co_await api.changes.commit(std::move(changes), std::move(audit));
    if (failed) co_return *std::move(failed);
    api.definitions.remove_measurement(*id);
    api.board_changed.notify_all();
    co_return http::Response{.status = 204, .headers = {}, .body = {}};
}

}  // namespace dtrace::master
