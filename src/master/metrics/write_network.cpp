#include "metrics/write_parts.hpp"
#include "resources/views_culprits.hpp"

#include <dtrace/json/read.hpp>

#include <functional>

namespace dtrace::master {

namespace {

using enum MetricType;

std::vector<CulpritRecord> read_culprits(std::vector<store::KeptCulprit> const& kept) {
    std::vector<CulpritRecord> culprits;
    for (auto const& each : kept)
        if (auto record = json::read<CulpritRecord>(each.content, json::UnknownKeys::ignore))
            culprits.push_back(*std::move(record));
    return culprits;
}

void write_culprits(Exposition& out, std::vector<store::KeptCulprit> const& open) {
    out.gauge("dtrace_culprits_open", "Links that are accused of losing packets.",
              number(open.size()));
    auto const culprits = read_culprits(open);
    auto const write = [&](char const* name, char const* help, double analysis::Interval::*part) {
        out.metric(name, gauge, help);
        for (auto const& culprit : culprits) {
            auto const from = describe(culprit.segment.from);
            auto const to = describe(culprit.segment.to);
            out.sample({{"from", from}, {"to", to}, {"id", to_text(culprit.id)}},
                       culprit.loss.*part);
        }
    };
    write("dtrace_culprit_loss_ratio", "What an accused link loses.",
          &analysis::Interval::estimate);
    write("dtrace_culprit_loss_low_ratio", "It loses at least this, with 95 % confidence.",
          &analysis::Interval::low);
    write("dtrace_culprit_loss_high_ratio", "It loses at most this, with 95 % confidence.",
          &analysis::Interval::high);
}

/// A sample for each probe that has a value.
void write_each_probe(Exposition& out, std::vector<ProbeFigures> const& probes,
                      std::function<std::optional<double>(ProbeFigures const&)> const& value) {
    for (auto const& probe : probes)
        if (auto const found = value(probe)) out.sample({{"probe", probe.name}}, *found);
}

std::optional<double> seconds_of(std::optional<Timestamp> const& time) {
    return time ? std::optional(unix_seconds(*time)) : std::nullopt;
}

void write_each_pair(Exposition& out, LatestFigures const& latest,
                     std::function<std::optional<double>(LatestFigures::Row const&)> const& value) {
    for (auto const& row : latest.rows()) {
        auto const found = value(row);
        if (!found) continue;
        auto const& [id, name] = latest.measurement(row);
        out.sample({{"probe", latest.probe(row)}, {"measurement", name}, {"id", id}}, *found);
    }
}

}  // namespace

void write_watch(Exposition& out, MetricsSnapshot const& now) {
    if (now.open_culprits) write_culprits(out, *now.open_culprits);
    out.metric("dtrace_events_total", counter, "Events that were kept, by kind.");
    for (auto const& [kind, times] : now.events)
        out.sample({{"kind", to_text(kind)}}, number(times));
    out.counter("dtrace_watch_traces_total", "Traces that were looked at for culprits.",
                number(now.watch.rounds));
    out.counter("dtrace_watch_traces_left_out_total", "Traces that were not: too many waited.",
                number(now.watch.left_out));
    out.counter("dtrace_watch_verdicts_total", "Verdicts.", number(now.watch.verdicts));
    out.gauge("dtrace_watch_verdict_seconds", "How long the last verdict took.",
              number(now.watch.last_verdict_us) / 1e6);
    out.counter("dtrace_watch_bursts_ordered_total", "Bursts that were ordered, one a probe.",
                number(now.watch.bursts_ordered));
}

void write_alerts(Exposition& out, std::vector<AlertReceiverStatus> const& receivers) {
    out.metric("dtrace_alerts_ok", gauge, "1: the receiver took what it was last sent.");
    for (auto const& receiver : receivers)
        out.sample({{"receiver", receiver.name}}, receiver.ok ? 1 : 0);
    out.metric("dtrace_alerts_waiting", gauge, "Events that the receiver is to be told of or not.");
    for (auto const& receiver : receivers)
        out.sample({{"receiver", receiver.name}}, number(receiver.waiting));
    out.metric("dtrace_alerts_total", counter,
               "Alerts that were delivered, or left out: refused, too old, unreadable.");
    for (auto const& receiver : receivers)
        for (auto const& [result, times] :
             {std::pair("delivered", receiver.delivered), std::pair("refused", receiver.refused),
              std::pair("too_old", receiver.too_old), std::pair("unreadable", receiver.unreadable)})
            out.sample({{"receiver", receiver.name}, {"result", result}}, number(times));
    out.metric("dtrace_alert_failures_total", counter, "Attempts that failed.");
    for (auto const& receiver : receivers)
        out.sample({{"receiver", receiver.name}}, number(receiver.failed));
}

void write_probes(Exposition& out, MetricsSnapshot const& now) {
    auto const& probes = now.probes;
    out.gauge("dtrace_probes", "Probes that may log in.", number(probes.size()));
    out.gauge("dtrace_measurements", "Measurements.", number(now.measurements));
    out.metric("dtrace_probe_up", gauge, "1: the probe is online.");
    write_each_probe(out, probes, [](auto const& probe) { return probe.online ? 1 : 0; });
    out.metric("dtrace_probe_last_seen_timestamp_seconds", gauge,
               "When the probe last asked for something, since 1970.");
    write_each_probe(out, probes, [](auto const& probe) { return seconds_of(probe.last_seen); });
    out.metric("dtrace_probe_last_report_timestamp_seconds", gauge,
               "When a report of the probe was last taken, since 1970.");
    write_each_probe(out, probes, [](auto const& probe) { return seconds_of(probe.last_report); });
    out.metric("dtrace_probe_traces_total", counter, "New traces of the probe.");
    write_each_probe(out, probes, [](auto const& probe) { return number(probe.traces); });
}

void write_latest(Exposition& out, LatestFigures const& latest) {
    out.gauge("dtrace_rounds_left_out", "Pairs of probe and measurement beyond --metrics-pairs.",
              number(latest.left_out()));
    out.metric("dtrace_round_timestamp_seconds", gauge,
               "When the newest round of a probe and measurement started, since 1970.");
    write_each_pair(out, latest, [](auto const& row) { return unix_seconds(row.started_at); });
    out.metric("dtrace_round_reached", gauge, "1: the newest round reached the target.");
    write_each_pair(out, latest, [](auto const& row) { return row.reached ? 1 : 0; });
    out.metric("dtrace_round_loss_ratio", gauge,
               "Share of the newest round's packets to the target that were not answered.");
    write_each_pair(out, latest, [](auto const& row) { return row.loss; });
    out.metric("dtrace_round_rtt_seconds", gauge, "Median RTT to the target in the newest round.");
    write_each_pair(out, latest, [](auto const& row) -> std::optional<double> {
        if (!row.rtt_us) return std::nullopt;
        return *row.rtt_us / 1e6;
    });
}

}  // namespace dtrace::master
