#include "watch/probe_watch.hpp"

#include <utility>

namespace dtrace::master {

namespace {

Event probe_event(EventKind kind, std::string const& probe, Timestamp now) {
    bool const gone = kind == EventKind::probe_offline;
    Event event;
    event.kind = kind;
    event.at = now;
    event.severity = gone ? Severity::warning : Severity::info;
    event.summary = "probe " + probe + (gone ? " is offline" : " is online again");
    event.probes = {probe};
    return event;
}

}  // namespace

std::vector<Event> ProbeWatch::look(std::vector<Sight> const& sights, TimePoint now,
                                    Timestamp wall_clock) {
    std::vector<Event> events;
    std::set<std::string> offline;
    std::map<std::string, TimePoint> missing;
    for (auto const& [probe, there, was_there] : sights) {
        bool const was_offline = offline_.contains(probe);
        if (there) {
            if (was_offline)
                events.push_back(probe_event(EventKind::probe_online, probe, wall_clock));
            continue;
        }
        if (was_offline) {
            offline.insert(probe);
            continue;
        }
        if (!was_there) continue;
        auto const before = missing_since_.find(probe);
        auto const since = before == missing_since_.end() ? now : before->second;
        if (now - since < patience_) {
            missing.emplace(probe, since);
            continue;
        }
        offline.insert(probe);
        events.push_back(probe_event(EventKind::probe_offline, probe, wall_clock));
    }
    offline_ = std::move(offline);
    missing_since_ = std::move(missing);
    return events;
}

}  // namespace dtrace::master
