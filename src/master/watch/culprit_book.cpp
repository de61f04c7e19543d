#include "watch/culprit_book.hpp"

#include <dtrace/core/counted.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace dtrace::master {

namespace {

constexpr double severe_loss = 0.05;

/// Silent hops are all alike: how far they are from a router that answers changes.
bool same_place(analysis::Place const& one, analysis::Place const& other) {
    return one.addresses == other.addresses && one.probe == other.probe;
}

bool same_link(analysis::Link const& one, analysis::Link const& other) {
    return same_place(one.from, other.from) && same_place(one.to, other.to);
}

bool is_part(analysis::Link const& link, analysis::Culprit const& culprit) {
    return same_link(link, culprit.segment) ||
           std::ranges::any_of(culprit.links,
                               [&](auto const& each) { return same_link(link, each); });
}

/// By the names of its routers where they are known.
std::string named(analysis::Place const& place, std::map<std::string, std::string> const& names) {
    if (place.probe || place.addresses.empty()) return describe(place);
    std::string text;
    for (auto const& each : place.addresses) {
        auto const address = to_text(each);
        auto const name = names.find(address);
        text += (text.empty() ? "" : "|") + (name == names.end() ? address : name->second);
    }
    return text;
}

std::string named_segment(CulpritRecord const& record) {
    return (record.access ? "access link " : "") + named(record.segment.from, record.names) +
           " → " + named(record.segment.to, record.names);
}

EstimateRange range_of(analysis::Interval const& interval) {
    return {interval.estimate, interval.low, interval.high};
}

/// The witnesses of the last verdict and the probes that were named before: who was told of an
/// opening because of its probes is to be told of what follows, too.
std::set<std::string> probes_of(CulpritRecord const& record) {
    std::set<std::string> probes(record.told_probes.begin(), record.told_probes.end());
    for (auto const& witness : record.witnesses)
        probes.insert(witness.probe);
    return probes;
}

Event event_of(CulpritRecord const& record, EventKind kind, Timestamp now) {
    Event event;
    event.kind = kind;
    event.id = make_uuid_v7(now);
    event.subject.link = EventLink{describe(record.segment.from), describe(record.segment.to)};
    for (auto const& witness : record.witnesses)
        event.evidence.samples += witness.sent;
    auto const probes = probes_of(record);
    event.probes.assign(probes.begin(), probes.end());
    event.evidence.flows = record.flows;
    event.evidence.culprit = record.id;
    return event;
}

Event opening(CulpritRecord const& record, Timestamp now) {
    auto event = event_of(record, EventKind::culprit_opened, now);
    event.at = record.first_seen;
    event.severity = record.loss.estimate >= severe_loss ? Severity::critical : Severity::warning;
    event.after = EventState{.loss = range_of(record.loss)};
    event.summary = fmt::format("{} loses {:.1f} % of the packets ({:.1f} to {:.1f} %): {}, {}",
                                named_segment(record), 100 * record.loss.estimate,
                                100 * record.loss.low, 100 * record.loss.high,
                                counted(record.probes, "probe"), counted(record.flows, "flow"));
    return event;
}

analysis::Interval const& worst_of(CulpritRecord const& record) {
    return record.worst_loss ? *record.worst_loss : record.loss;
}

Event growth(CulpritRecord const& record, Timestamp now) {
    auto event = event_of(record, EventKind::culprit_grew, now);
    event.at = now;
    event.severity = record.loss.estimate >= severe_loss ? Severity::critical : Severity::warning;
    event.before = EventState{.loss = range_of(worst_of(record))};
    event.after = EventState{.loss = range_of(record.loss)};
    event.summary =
        fmt::format("{} loses more: {:.1f} % of the packets ({:.1f} to {:.1f} %), {:.1f} % before",
                    named_segment(record), 100 * record.loss.estimate, 100 * record.loss.low,
                    100 * record.loss.high, 100 * worst_of(record).estimate);
    return event;
}

Event closing(CulpritRecord const& record, Timestamp now) {
    auto event = event_of(record, EventKind::culprit_closed, now);
    event.at = now;
    event.before =
        EventState{.loss = range_of(record.loss), .worst_loss = range_of(worst_of(record))};
    if (!record.told_probes.empty()) event.probes = record.told_probes;
    event.closes = record.opened_by;
    event.summary = fmt::format("{} is no longer accused of losing packets", named_segment(record));
    return event;
}

/// Bounded: where there are too many moments, every other one goes.
void remember(CulpritRecord& record, Timestamp now) {
    auto& course = record.course;
    if (course.size() >= CulpritBook::most_moments) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < course.size(); i += 2)
            course[kept++] = course[i];
        course.resize(kept);
    }
    course.push_back({.at = now, .loss = record.loss});
}

/// Links that only one of both has.
std::ptrdiff_t difference(analysis::Culprit const& one, analysis::Culprit const& other) {
    auto const only_of = [](analysis::Culprit const& all, analysis::Culprit const& but) {
        return std::ranges::count_if(
            all.links, [&](analysis::Link const& link) { return !is_part(link, but); });
    };
    return only_of(one, other) + only_of(other, one);
}

void note_change(CulpritBook::Turn& turn, CulpritRecord const& record) {
    auto const before = std::ranges::find(turn.changed, record.id, &CulpritRecord::id);
    if (before == turn.changed.end())
        turn.changed.push_back(record);
    else
        *before = record;
}

void take(CulpritRecord& record, Accusation const& accusation) {
    static_cast<analysis::Culprit&>(record) = accusation.culprit;
    record.names = accusation.names;
}

}  // namespace

bool same_culprit(analysis::Culprit const& one, analysis::Culprit const& other) {
    if (one.access && other.access) return one.access == other.access;
    // Behind a silent hop of an access may be what is behind those of others.
    bool const one_access = one.access || other.access;
    auto const is_part_of_one = [&](analysis::Link const& link) {
        bool const tells = !one_access || !(is_silent(link.from) || is_silent(link.to));
        return tells && is_part(link, one);
    };
    return is_part_of_one(other.segment) || std::ranges::any_of(other.links, is_part_of_one);
}

void CulpritBook::close_silent(Timestamp now, Turn& turn) {
    for (auto record = open_.begin(); record != open_.end();) {
        if (now - record->last_seen < options_.close_after) {
            ++record;
            continue;
        }
        record->open = false;
        record->closed_at = now;
        turn.events.push_back(closing(*record, now));
        turn.changed.push_back(std::move(*record));
        record = open_.erase(record);
    }
}

void CulpritBook::accuse_again(CulpritRecord& known, Accusation const& accusation, Timestamp now,
                               Turn& turn) {
    known.worst_loss = worst_of(known);
    auto const told = known.worst_loss->estimate;
    bool const over = accusation.ended.has_value();
    // Of what ended only its whole time tells what it lost.
    if (!over || accusation.began) take(known, accusation);
    if (!over) {
        if (known.course.empty() || known.course.back().at != now) remember(known, now);
        known.last_seen = now;
    }
    bool const grew = !over && std::ranges::any_of(loss_marks_, [&](double mark) {
        return told < mark && mark <= known.loss.estimate;
    });
    if (grew) {
        turn.events.push_back(growth(known, now));
        known.worst_loss = known.loss;
        known.told_probes = turn.events.back().probes;
    }
    note_change(turn, known);
    if (over) return;
    for (auto& record : open_) {
        if (record.last_seen == now || !same_culprit(record, accusation.culprit)) continue;
        record.last_seen = now;
        note_change(turn, record);
    }
}

void CulpritBook::add(Suspect const& suspect, Timestamp now, Turn& turn) {
    auto& record = open_.emplace_back();
    take(record, suspect.accusation);
    record.id = make_uuid_v7(now);
    record.first_seen = suspect.since;
    record.last_seen = now;
    record.worst_loss = record.loss;
    remember(record, now);
    turn.events.push_back(opening(record, now));
    record.opened_by = turn.events.back().id;
    record.told_probes = turn.events.back().probes;
    turn.changed.push_back(record);
}

CulpritRecord* CulpritBook::most_like(analysis::Culprit const& culprit) {
    CulpritRecord* best = nullptr;
    for (auto& record : open_) {
        if (!same_culprit(record, culprit)) continue;
        if (!best || difference(record, culprit) < difference(*best, culprit)) best = &record;
    }
    return best;
}

void CulpritBook::confirm(Suspect suspect, Timestamp now, Turn& turn,
                          std::vector<Suspect>& suspects) {
    auto const before = std::ranges::find_if(suspects_, [&](Suspect const& each) {
        return same_culprit(each.accusation.culprit, suspect.accusation.culprit);
    });
    if (before != suspects_.end()) {
        suspect.since = std::min(suspect.since, before->since);
        suspect.verdicts = before->verdicts + 1;
    }
    if (suspect.verdicts < options_.confirm || open_.size() >= options_.most_open)
        suspects.push_back(std::move(suspect));
    else
        add(suspect, now, turn);
}

CulpritBook::Turn CulpritBook::feed(std::vector<Accusation> const& accused, Timestamp now) {
    Turn turn;
    std::vector<Suspect> suspects;
    auto const before = open_;
    for (auto const& accusation : accused) {
        if (auto* const known = most_like(accusation.culprit)) {
            accuse_again(*known, accusation, now, turn);
            continue;
        }
        if (accusation.ended) continue;
        Suspect next{accusation, accusation.began.value_or(now)};
        for (auto const& record : before)
            if (same_culprit(record, accusation.culprit))
                next.since = std::min(next.since, record.first_seen);
        confirm(std::move(next), now, turn, suspects);
    }
    suspects_ = std::move(suspects);
    close_silent(now, turn);
    return turn;
}

}  // namespace dtrace::master
