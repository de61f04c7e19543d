#include "alerts/alert_message.hpp"

#include <algorithm>

namespace dtrace::master {

namespace {

constexpr std::size_t witnesses_told = 5;
constexpr std::size_t probes_named = 20;
constexpr auto together_within = std::chrono::minutes(2);

AlertState state_of(EventKind kind) {
    switch (kind) {
        case EventKind::culprit_opened:
        case EventKind::target_unreachable:
        case EventKind::loop_began:
        case EventKind::rtt_shifted:
        case EventKind::probe_offline:
            return AlertState::opened;
        case EventKind::culprit_closed:
        case EventKind::target_reachable:
        case EventKind::loop_ended:
        case EventKind::rtt_settled:
        case EventKind::probe_online:
            return AlertState::closed;
        case EventKind::culprit_grew:
        case EventKind::path_changed:
        case EventKind::hop_kind_new:
            return AlertState::changed;
    }
    return AlertState::changed;
}

std::optional<EstimateRange> loss_in(Event const& event) {
    if (event.after && event.after->loss) return event.after->loss;
    return event.before ? event.before->loss : std::nullopt;
}

std::vector<AlertWitness> strongest(std::vector<analysis::Witness> const& witnesses) {
    std::vector<AlertWitness> told;
    for (auto const& each : witnesses) {
        if (told.size() == witnesses_told) break;
        told.push_back({each.probe, each.target, each.sent, each.answered});
    }
    return told;
}

/// "3 probes are offline: n1, n2, n3"
std::string summary_of(std::vector<Event> const& together) {
    bool const gone = together.front().kind == EventKind::probe_offline;
    std::string text = std::to_string(together.size()) +
                       (gone ? " probes are offline: " : " probes are online again: ");
    auto const named = std::min(together.size(), probes_named);
    for (std::size_t i = 0; i < named; ++i)
        for (auto const& probe : together[i].probes)
            (text += i == 0 ? "" : ", ") += probe;
    if (named < together.size())
        text += " and " + std::to_string(together.size() - named) + " more";
    return text;
}

}  // namespace

Timestamp noticed_at(Event const& event) {
    std::int64_t time = 0;
    for (std::size_t i = 0; i < 6; ++i)
        time = time << 8 | event.id.bytes[i];
    return Timestamp(milliseconds(time));
}

bool is_told_in_groups(EventKind kind) {
    return kind == EventKind::probe_offline || kind == EventKind::probe_online;
}

bool are_told_together(Event const& first, Event const& next) {
    return is_told_in_groups(first.kind) && next.kind == first.kind &&
           next.at - first.at <= together_within && first.at - next.at <= together_within;
}

AlertMessage message_of(std::vector<Event> const& together, CulpritRecord const* culprit,
                        std::string const& public_url) {
    auto message = message_of(together.back(), culprit, public_url);
    if (together.size() == 1) return message;
    message.text = summary_of(together);
    message.beside.emplace();
    for (auto event = together.begin(); event + 1 != together.end(); ++event)
        message.beside->push_back({event->id, event->at, event->probes, event->closes});
    return message;
}

AlertMessage message_of(Event const& event, CulpritRecord const* culprit,
                        std::string const& public_url) {
    AlertMessage message{.text = event.summary,
                         .id = event.id,
                         .kind = std::string(to_text(event.kind)),
                         .state = state_of(event.kind),
                         .at = event.at,
                         .severity = event.severity,
                         .link = event.subject.link,
                         .target = event.subject.target,
                         .loss = loss_in(event),
                         .measurement = event.measurement,
                         .probes = event.probes,
                         .witnesses = {},
                         .culprit = event.evidence.culprit,
                         .closes = event.closes,
                         .url = {}};
    if (culprit) message.witnesses = strongest(culprit->witnesses);
    if (!public_url.empty())
        message.url =
            public_url + (message.culprit ? "/#/paths?culprit=" + to_text(*message.culprit)
                                          : "/#/events?id=" + to_text(event.id));
    return message;
}

AlertMessage test_message(std::string const& receiver, std::string const& public_url,
                          Timestamp now) {
    AlertMessage message;
    message.text = "This is a test: alerts of dtrace-node reach the receiver " + receiver;
    message.id = make_uuid_v7(now);
    message.kind = "test";
    message.state = AlertState::test;
    message.at = now;
    if (!public_url.empty()) message.url = public_url + "/";
    return message;
}

}  // namespace dtrace::master
