#include "watch/watch_probes.hpp"

#include "watch/probe_watch.hpp"

#include <dtrace/async/deadline.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace dtrace::master {

namespace {

constexpr std::uint32_t probe_events_restored = 1000;
constexpr std::array comings_and_goings{EventKind::probe_offline, EventKind::probe_online};

Duration look_again_after(Duration patience) {
    return std::clamp<Duration>(patience / 4, milliseconds(50), seconds(5));
}

/// Whose last event says that they are gone.
boost::asio::awaitable<std::set<std::string>> offline_before(store::EventStore& events) {
    std::map<std::string, std::pair<Timestamp, bool>> last;
    for (auto const kind : comings_and_goings) {
        store::EventQuery query{.kind = kind, .limit = probe_events_restored};
        auto const page = co_await events.find(std::move(query));
        if (!page) continue;
        for (auto const& event : page->events)
            for (auto const& probe : event.probes) {
                std::pair const now(event.at, kind == EventKind::probe_offline);
                auto const known = last.emplace(probe, now).first;
                if (known->second.first < event.at) known->second = now;
            }
    }
    std::set<std::string> offline;
    for (auto const& [probe, state] : last)
        if (state.second) offline.insert(probe);
    co_return offline;
}

std::vector<ProbeWatch::Sight> sights_of(Api const& api, TimePoint now) {
    std::vector<ProbeWatch::Sight> sights;
    for (auto& name : api.book.names()) {
        ProbeWatch::Sight sight{.probe = std::move(name)};
        sight.there = api.activity.is_there(sight.probe, now);
        sight.was_there = api.activity.find(sight.probe) || api.latest.has_seen(sight.probe);
        sights.push_back(std::move(sight));
    }
    return sights;
}

}  // namespace

boost::asio::awaitable<void> watch_probes(Api& api, CulpritWatch& watch, Duration patience) {
    ProbeWatch probes(patience);
    probes.restore(co_await offline_before(api.store.events()));
    for (;;) {
        auto const now = Clock::now();
        api.activity.keep([&](auto const& probe) { return api.book.contains(probe); });
        watch.note(probes.look(sights_of(api, now), now, wall_clock_now()));
        bool const slept = co_await async::sleep_for(look_again_after(patience));
        if (!slept) co_return;
    }
}

}  // namespace dtrace::master
