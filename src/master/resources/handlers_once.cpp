#include "resources/handlers_once.hpp"

#include "api/answers.hpp"
#include "api/body_rules.hpp"
#include "api/turn.hpp"
#include "catalog/measurement_rules.hpp"
#include "catalog/unknown_probes.hpp"
#include "once/once_traces.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/json/write.hpp>

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

/// Answers that are due to progress alone are no more frequent: many probes tell of theirs.
constexpr Duration progress_pause = milliseconds(500);

/// Hops and replies beyond which a run is written on the pool.
constexpr std::size_t long_run = 1'000;

/// `count` of them by lot, those that are online.
std::vector<std::string> draw(Api const& api, std::vector<std::string> names, std::uint32_t count) {
    std::erase_if(names,
                  [&](auto const& name) { return !api.activity.is_online(name, Clock::now()); });
    for (std::size_t i = 0; i < names.size() && i < count; ++i) {
        auto const left = static_cast<std::uint32_t>(names.size() - i);
        std::swap(names[i], names[i + randombytes_uniform(left)]);
    }
    names.resize(std::min<std::size_t>(names.size(), count));
    std::ranges::sort(names);
    return names;
}

json::ReadResult<std::vector<std::string>> choose_probes(Api const& api,
                                                         MeasurementInput const& input) {
    auto const wanted = to_measurement(input, {});
    if (auto fault = find_unknown_probe(api.book, wanted.probes)) return *std::move(fault);
    std::vector<std::string> names;
    for (auto const& name : api.book.names()) {
        BoardProbe probe{.name = name, .tags = {}, .address = std::nullopt};
        if (auto const* tags = api.book.tags(name)) probe.tags = *tags;
        if (selects(wanted, probe)) names.push_back(name);
    }
    std::ranges::sort(names);
    if (names.empty() && wanted.probes.empty() && !wanted.probe_tags.empty())
        return json::Fault{"probe_tags", "no probe has one of these"};
    if (names.empty()) return json::Fault{"probes", "there are none"};
    if (input.count) names = draw(api, std::move(names), *input.count);
    if (names.empty()) return json::Fault{"probes", "none of these is online"};
    if (names.size() > most_once_probes)
        return json::Fault{"probes", "these are more than 1000; give a count"};
    return {boost::system::in_place_value, std::move(names)};
}

MeasurementView run_view(OnceRun const& run) {
    MeasurementView view;
    view.id = run.item.id;
    view.name = run.item.measurement.name;
    view.target = run.item.target;
    view.parameters = run.item.parameters;
    view.interval_s = 0;
    view.probes = run.probes;
    view.origin = Origin::api;
    view.created_at = run.created_at;
    return view;
}

OnceRun make_run(MeasurementInput const& input, std::vector<std::string> probes) {
    auto const now = wall_clock_now();
    auto const id = make_uuid_v7(now);
    return {.item = {.id = id,
                     .measurement = {.id = id, .name = input.name},
                     .target = input.target,
                     .parameters = input.parameters,
                     .deadline = now + seconds(input.deadline_s.value_or(60))},
            .probes = std::move(probes),
            .created_at = now};
}

/// Also when there will be no more.
bool has_results(Api const& api, OnceRun const& run, OnceWait const& asked) {
    auto const* const waiting = api.board.once_waiting_for(run.item.id);
    return !waiting || run.probes.size() - waiting->size() > asked.results;
}

/// Results end it at once, progress at the next look, one each progress_pause.
asio::awaitable<void> wait_for_news(Api& api, OnceRun const& run, OnceWait const& asked) {
    auto const deadline = Clock::now() + asked.wait;
    auto look = asked.progress ? Clock::now() + progress_pause : TimePoint::max();
    for (;;) {
        auto const seen = api.once_changed.version();
        auto const now = Clock::now();
        if (now >= deadline || has_results(api, run, asked)) co_return;
        if (now >= look) {
            if (*asked.progress != api.board.once_progress_count(run.item.id)) co_return;
            look = now + progress_pause;
        }
        co_await api.once_changed.wait(seen, std::min(deadline, look));
    }
}

std::size_t size_of(Trace const& trace) {
    std::size_t size = 0;
    for (auto const& path : trace.paths)
        for (auto const& hop : path.hops)
            size += 1 + hop.answers.size();
    return size;
}

bool is_long(OnceStanding const& standing, std::vector<Trace> const& traces) {
    std::size_t size = 0;
    for (auto const& trace : traces)
        size += size_of(trace);
    for (auto const& trace : standing.progress.traces)
        size += size_of(*trace);
    return size > long_run;
}

store::RegistryChange kept_run(OnceRun const& run) {
    return {store::EntryKind::once_run, std::string(to_text(run.item.id)), json::write(run)};
}

http::Response too_much_ordered(std::string_view reason) {
    return try_later(503, "Too much ordered", reason, seconds(5));
}

/// What the registry has to know of a new run, and no longer of the one that goes for it.
std::vector<store::RegistryChange> changes_of(OnceRun const& run, OnceRuns::Room const& room) {
    // So that its traces are welcome and found by name for good.
    std::vector<store::RegistryChange> changes{
        {store::EntryKind::former_measurement, std::string(to_text(run.item.id)),
         json::write(run.item.measurement)},
        kept_run(run)};
    if (room.forget)
        changes.push_back(
            {store::EntryKind::once_run, std::string(to_text(*room.forget)), std::nullopt});
    return changes;
}

}  // namespace

asio::awaitable<http::Response> start_once(Api& api, http::Request const& request,
                                           MeasurementInput input, Caller caller) {
    if (input.name.empty() && !input.target.empty()) input.name = input.target;
    if (input.target.empty() && !input.mesh) co_return wrong_body({"target", "is required"});
    if (auto const fault = find_fault(input)) co_return wrong_body(*fault);
    auto const turn = co_await take_turn(api, request, caller);
    if (!turn) co_return turn.error();
    auto probes = choose_probes(api, input);
    if (!probes) co_return wrong_body(probes.error());
    auto run = make_run(input, std::move(probes).value());

    auto const room = api.once_runs.make_room(api.board);
    if (!room.there) co_return too_much_ordered("all that are remembered are still running");
    auto const ordered = api.board.order_once(run.item, {run.probes.begin(), run.probes.end()});
    if (!ordered) co_return too_much_ordered(ordered.error().message);
    auto changes = changes_of(run, room);
    std::vector<AuditEntry> audit{audit_entry(caller, "measure once", run.item.target)};
    auto failed = co_await api.changes.commit(std::move(changes), std::move(audit));
    if (failed) {
        (void)api.board.drop_once(run.item.id);
        co_return *std::move(failed);
    }
    if (room.forget) api.once_runs.forget(*room.forget);
    api.board_changed.notify_all();
    auto view = run_view(run);
    view.once = state_of(run, standing_of(run, api.board), {});
    api.once_runs.put(std::move(run));
    auto response = http::json_response(json::write(view), 202);
    response.headers.set("Location", "/api/v1/measurements/" + to_text(view.id));
    co_return response;
}

asio::awaitable<http::Response> show_once(Api& api, OnceRun run, OnceWait asked) {
    co_await wait_for_news(api, run, asked);
    auto standing = standing_of(run, api.board);
    if (!asked.progress) standing.progress.traces.clear();
    auto traces = co_await once_traces(api.store.traces(), run.item.id, run.probes);
    if (!traces) co_return store_failed(traces.error());
    bool const on_pool = is_long(standing, traces->entries);
    auto const write = [&] {
        auto view = run_view(run);
        view.once = state_of(run, std::move(standing), std::move(traces->entries));
        view.once->unreadable = unless_none(traces->unreadable.count);
        return json::write(view);
    };
    if (!on_pool) co_return http::json_response(write());
    auto written = co_await async::offload(api.workers, write);
    if (!written) co_return try_later(503, "Too much to do", "try again", seconds(1));
    co_return http::json_response(*std::move(written));
}

asio::awaitable<http::Response> drop_once(Api& api, http::Request const& request, Uuid id,
                                          Caller caller) {
    auto const turn = co_await take_turn(api, request, caller);
    if (!turn) co_return turn.error();
    std::vector<AuditEntry> audit{audit_entry(caller, "end measurement", to_text(id))};
    std::vector<store::RegistryChange> changes;
    std::optional<OnceRun> ended;
    if (auto const* const run = api.once_runs.find(id)) {
        ended = *run;
        ended->taken_back = true;
        changes.push_back(kept_run(*ended));
    }
    auto failed = co_await api.changes.commit(std::move(changes), std::move(audit));
    if (failed) co_return *std::move(failed);
    if (ended) api.once_runs.put(*std::move(ended));
    if (api.board.drop_once(id)) {
        api.board_changed.notify_all();
        api.once_changed.notify_all();
    }
    co_return http::Response{.status = 204, .headers = {}, .body = {}};
}

}  // namespace dtrace::master
