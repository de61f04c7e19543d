#include "live/tell_live.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/json/write.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace dtrace::master {

namespace {

constexpr Duration look_every = seconds(1);

LiveTrace summary(Trace const& trace) {
    return {.id = trace.id,
            .probe = trace.probe,
            .measurement = trace.measurement,
            .target = trace.target,
            .started_at = trace.started_at,
            .took_us = trace.took_us,
            .stop_reason = trace.stop_reason,
            .reached = !trace.paths.empty() && std::ranges::all_of(trace.paths, &Path::reached),
            .packets = trace.packets};
}

void tell(LiveFeed& feed, LiveKind kind, Trace const& trace) {
    feed.publish({.kind = kind,
                  .probe = trace.probe,
                  .measurement = trace.measurement ? std::string(to_text(trace.measurement->id))
                                                   : std::string(),
                  .json = json::write(summary(trace))});
}

}  // namespace

void tell_traces(LiveFeed& feed, std::vector<Trace> const& traces) {
    if (!feed.is_wanted()) return feed.skip(traces.size());
    for (auto const& trace : traces)
        tell(feed, LiveKind::trace, trace);
}

void tell_progress(LiveFeed& feed, Trace const& trace) {
    if (feed.is_wanted()) tell(feed, LiveKind::progress, trace);
}

void tell_findings(LiveFeed& feed, NetworkWatch::Findings const& findings) {
    if (!feed.is_wanted()) return feed.skip(findings.culprits.size() + findings.events.size());
    for (auto const& culprit : findings.culprits)
        feed.publish({.kind = LiveKind::culprit,
                      .probe = {},
                      .measurement = {},
                      .json = json::write(culprit)});
    for (auto const& event : findings.events)
        feed.publish(
            {.kind = LiveKind::event,
             .probe = event.probes.size() == 1 ? event.probes.front() : std::string(),
             .measurement = event.measurement ? to_text(event.measurement->id) : std::string(),
             .json = json::write(event)});
}

boost::asio::awaitable<void> tell_probes(LiveFeed& feed,
                                         std::function<std::vector<std::string>()> names,
                                         ProbeActivity const& activity) {
    std::map<std::string, bool> known;
    for (;;) {
        if (feed.is_wanted()) {
            auto const now = Clock::now();
            for (auto const& name : names()) {
                bool const online = activity.is_online(name, now);
                auto const [entry, is_new] = known.emplace(name, online);
                if (!is_new && entry->second == online) continue;
                entry->second = online;
                LiveProbe const told{.name = name, .online = online, .at = wall_clock_now()};
                feed.publish({.kind = LiveKind::probe,
                              .probe = name,
                              .measurement = {},
                              .json = json::write(told)});
            }
        }
        bool const slept = co_await async::sleep_for(look_every);
        if (!slept) co_return;
    }
}

}  // namespace dtrace::master
