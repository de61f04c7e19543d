#include "change/event_of.hpp"
#include "evidence/path_places.hpp"
#include "evidence/router_name.hpp"

#include <dtrace/analysis/reach_change.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace dtrace::analysis {

namespace {

std::size_t number_of(ReplyKind kind) {
    return static_cast<std::size_t>(kind);
}

/// Where a path comes back to a router that it had left, if it does.
std::optional<EventLink> find_loop(Path const& path) {
    auto const places = places_of(path);
    std::vector<IpAddress> seen;  // each once per stay
    std::optional<IpAddress> before;
    for (auto const& place : places) {
        if (place.addresses.size() != 1) continue;
        auto const& here = place.addresses.front();
        if (before == here) continue;
        if (before && std::ranges::find(seen, here) != seen.end())
            return EventLink{to_text(*before), to_text(here)};
        seen.push_back(here);
        before = here;
    }
    return std::nullopt;
}

std::optional<EventLink> find_loop(Trace const& trace) {
    for (auto const& path : trace.paths)
        if (!path.reached)
            if (auto loop = find_loop(path)) return loop;
    return std::nullopt;
}

bool is_refusal(ReplyKind kind) {
    return kind == ReplyKind::host_unreachable || kind == ReplyKind::net_unreachable ||
           kind == ReplyKind::prohibited || kind == ReplyKind::other_unreachable;
}

std::vector<ReplyKind> kinds_in(std::array<bool, 16> const& set) {
    std::vector<ReplyKind> kinds;
    for (std::size_t i = 0; i < set.size(); ++i)
        if (set[i]) kinds.push_back(static_cast<ReplyKind>(i));
    return kinds;
}

}  // namespace

bool ReachChange::Switch::feed(bool now, Timestamp at, std::uint32_t confirm) {
    if (now == on) {
        against = 0;
        return false;
    }
    if (against++ == 0) since = at;
    if (against < confirm) return false;
    on = now;
    against = 0;
    return true;
}

std::vector<Event> ReachChange::feed(Trace const& trace) {
    std::vector<Event> events;
    if (trace.stop_reason == StopReason::error || trace.stop_reason == StopReason::cancelled)
        return events;
    if (last_round_ && trace.started_at < *last_round_) return events;
    last_round_ = trace.started_at;
    ++rounds_;
    feed_reached(trace, events);
    feed_loop(trace, events);
    feed_kinds(trace, events);
    return events;
}

void ReachChange::feed_reached(Trace const& trace, std::vector<Event>& events) {
    bool const reached = std::ranges::any_of(trace.paths, &Path::reached);
    if (reached) ++rounds_reached_;
    if (rounds_reached_ == 0 || !away_.feed(!reached, trace.started_at, options_.confirm)) return;
    auto event =
        event_of(trace, away_.on ? EventKind::target_unreachable : EventKind::target_reachable,
                 away_.on ? Severity::critical : Severity::info);
    event.at = away_.since;
    event.evidence.rounds = options_.confirm;
    event.evidence.flows = static_cast<std::uint32_t>(trace.paths.size());
    event.after = EventState{.stop_reason = trace.stop_reason};
    if (away_.on) event.before = EventState{.stop_reason = StopReason::completed};
    event.summary =
        fmt::format("{} {} {}", trace.target.host,
                    away_.on ? "does not answer any more to" : "answers again to", trace.probe);
    events.push_back(std::move(event));
}

void ReachChange::feed_loop(Trace const& trace, std::vector<Event>& events) {
    auto loop = find_loop(trace);
    bool const now = loop || trace.stop_reason == StopReason::loop;
    if (!loop_.feed(now, trace.started_at, options_.confirm)) return;
    auto event = event_of(trace, loop_.on ? EventKind::loop_began : EventKind::loop_ended,
                          loop_.on ? Severity::warning : Severity::info);
    event.at = loop_.since;
    event.evidence.rounds = options_.confirm;
    event.summary = fmt::format("packets from {} to {} {}", trace.probe, trace.target.host,
                                loop_.on ? "go round in circles" : "no longer go round in circles");
    if (loop)
        event.summary += fmt::format(": {} sends them back to {}", router_name(trace, loop->from),
                                     router_name(trace, loop->to));
    event.subject.link = std::move(loop);
    events.push_back(std::move(event));
}

void ReachChange::feed_kinds(Trace const& trace, std::vector<Event>& events) {
    std::array<Answer const*, kinds> seen{};
    for (auto const& path : trace.paths)
        for (auto const& hop : path.hops)
            for (auto const& answer : hop.answers)
                if (auto& first = seen[number_of(answer.kind) % kinds]; !first) first = &answer;
    for (std::size_t i = 0; i < kinds; ++i) {
        if (!seen[i] || usual_[i]) {
            met_[i] = 0;
            continue;
        }
        ++met_[i];
        bool const of_target = seen[i]->from == trace.target.address;
        bool const learning = (of_target ? rounds_reached_ : rounds_) <= options_.learn;
        if (!learning && met_[i] < options_.confirm) continue;
        auto before = kinds_in(usual_);
        usual_[i] = true;
        if (learning) continue;
        auto const kind = seen[i]->kind;
        auto event = event_of(trace, EventKind::hop_kind_new,
                              is_refusal(kind) ? Severity::warning : Severity::info);
        event.subject.router = seen[i]->from;
        event.before = EventState{.kinds = std::move(before)};
        event.after = EventState{.kinds = kinds_in(usual_)};
        event.evidence.rounds = met_[i];
        event.summary = fmt::format("{} answers {} on the way from {} to {}",
                                    seen[i]->name.value_or(to_text(seen[i]->from)), to_text(kind),
                                    trace.probe, trace.target.host);
        events.push_back(std::move(event));
    }
}

}  // namespace dtrace::analysis
