#include "watch/event_log.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace dtrace::master {

namespace {

constexpr std::size_t most_open = 50'000;

/// The kind that begins what this kind is about; none: nothing is begun or ended.
std::optional<EventKind> beginning_of(EventKind kind) {
    switch (kind) {
        case EventKind::target_unreachable:
        case EventKind::target_reachable:
            return EventKind::target_unreachable;
        case EventKind::loop_began:
        case EventKind::loop_ended:
            return EventKind::loop_began;
        case EventKind::rtt_shifted:
        case EventKind::rtt_settled:
            return EventKind::rtt_shifted;
        case EventKind::probe_offline:
        case EventKind::probe_online:
            return EventKind::probe_offline;
        default:
            return std::nullopt;  // culprits know what opened them
    }
}

/// What both events of a pair have in common.
std::string key_of(Event const& event, EventKind beginning) {
    std::string key(to_text(beginning));
    if (beginning == EventKind::rtt_shifted) {
        if (event.subject.link)
            key += ' ' + event.subject.link->from + ' ' + event.subject.link->to;
        return key;
    }
    for (auto const& probe : event.probes)
        key += ' ' + probe;
    if (event.measurement) key += ' ' + to_text(event.measurement->id);
    return key + ' ' + event.subject.target.value_or("");
}

}  // namespace

void EventLog::note(Event const& event) {
    auto const beginning = beginning_of(event.kind);
    if (!beginning) return;
    auto const key = key_of(event, *beginning);
    if (event.kind == *beginning && open_.size() < most_open)
        open_.insert_or_assign(key, event.id);
    else
        open_.erase(key);
}

void EventLog::restore(std::vector<Event> const& kept) {
    // clang 14 cannot compile libstdc++'s views::reverse
    std::for_each(kept.rbegin(), kept.rend(), [this](Event const& event) { note(event); });
}

void EventLog::stamp(std::vector<Event>& events, Timestamp now) {
    for (auto& event : events) {
        if (event.id == Uuid{}) event.id = make_uuid_v7(now);
        if (auto const beginning = beginning_of(event.kind); beginning && event.kind != *beginning)
            if (auto const begun = open_.find(key_of(event, *beginning)); begun != open_.end())
                event.closes = begun->second;
        note(event);
    }
}

}  // namespace dtrace::master
