#include "watch/network_watch.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dtrace::master {

namespace {

VerdictView verdict_view(analysis::LossVerdict&& found, std::size_t traces, Timestamp now) {
    return {.at = now,
            .verdict = found.verdict,
            .summary = std::move(found.summary),
            .bound = found.bound,
            .ambiguities = std::move(found.ambiguities),
            .access = std::move(found.access),
            .deaf = std::move(found.deaf),
            .needed = std::move(found.needed),
            .traces = traces,
            .probes = found.probes,
            .flows = found.flows,
            .sent = found.sent,
            .answered = found.answered,
            .voided = found.voided};
}

}  // namespace

NetworkWatch::NetworkWatch(WatchOptions const& options)
    : options_(options),
      window_({.length = options.window, .most_flows = options.max_flows}),
      book_({.confirm = options.confirm, .close_after = options.close_after}),
      limits_({.per_probe = options.bursts_per_probe, .apart = options.bursts_apart}) {}

void NetworkWatch::restore(std::vector<CulpritRecord> open, std::vector<Event> const& events) {
    book_.restore(std::move(open));
    log_.restore(events);
    want_names();
}

/// What happened in them was told when they came.
void NetworkWatch::replay(std::vector<Trace> const& traces, Timestamp now) {
    for (auto const& trace : traces) {
        (void)changes_.feed(trace);
        window_.add(trace, now);
        names_.learn(trace);
    }
}

void NetworkWatch::note(std::vector<Event> events, Timestamp now, Findings& findings) {
    log_.stamp(events, now);
    std::ranges::move(events, std::back_inserter(findings.events));
}

void NetworkWatch::study(std::vector<Trace> const& traces, Timestamp now, Findings& findings) {
    for (auto const& trace : traces) {
        auto events = changes_.feed(trace);
        window_.add(trace, now);
        names_.learn(trace);
        bool const lost = std::ranges::any_of(
            events, [](auto const& e) { return e.kind == EventKind::target_unreachable; });
        if (lost || has_end_to_end_loss(trace)) ask_for_bursts(trace, now, findings.bursts);
        log_.stamp(events, now);
        std::ranges::move(events, std::back_inserter(findings.events));
    }
}

/// Of the accused, so that they are known when one is opened, and of the open.
void NetworkWatch::want_names() {
    std::vector<analysis::Link> links;
    for (auto const& culprit : accused_)
        links.push_back(culprit.segment);
    for (auto const& record : book_.open())
        links.push_back(record.segment);
    names_.want(links);
}

std::vector<EvidenceWindow::Measuring> NetworkWatch::also_affected(Trace const& trace) const {
    auto const witnessed = [&](analysis::Culprit const& culprit) {
        return std::ranges::any_of(culprit.witnesses, [&](auto const& witness) {
            return witness.probe == trace.probe && witness.target == trace.target.address;
        });
    };
    // An access has no others that cross it.
    for (auto const& culprit : accused_)
        if (!culprit.access && witnessed(culprit)) return window_.crossing(culprit);
    if (verdict_)
        for (auto const& ambiguity : verdict_->ambiguities)
            if (ambiguity.probe == trace.probe) return window_.crossing(ambiguity.segment);
    // Without a suspicion those help that share the end of the path.
    return window_.measuring(*trace.target.address);
}

void NetworkWatch::ask_for_bursts(Trace const& trace, Timestamp now, Bursts& bursts) {
    if (!options_.bursts || !trace.measurement || !trace.target.address) return;
    if (trace.paths.size() >= options_.burst_flows) return;  // deep already
    auto const& own = trace.measurement->id;
    if (!limits_.take(trace.probe, own, now)) return;
    bursts[own].insert(trace.probe);
    std::size_t asked = 1;
    for (auto const& [probe, measurement] : also_affected(trace)) {
        if (asked == options_.burst_probes) return;
        if (probe == trace.probe || !limits_.take(probe, measurement, now)) continue;
        bursts[measurement].insert(probe);
        ++asked;
    }
}

void NetworkWatch::not_ordered(Bursts const& bursts) {
    for (auto const& [measurement, probes] : bursts)
        for (auto const& probe : probes)
            limits_.not_ordered(probe, measurement);
}

void NetworkWatch::judge(Timestamp now, Findings& findings) {
    window_.slide(now);
    auto [verdict, traces, accused] = judge_window(window_, {.clean_below = options_.clean_below});
    accused_.clear();
    for (auto& accusation : accused) {
        if (!accusation.ended) accused_.push_back(accusation.culprit);
        accusation.names = names_.of(accusation.culprit.segment);
    }
    want_names();
    auto turn = book_.feed(accused, now);
    log_.stamp(turn.events, now);
    std::ranges::move(turn.events, std::back_inserter(findings.events));
    std::ranges::move(turn.changed, std::back_inserter(findings.culprits));
    verdict_ = verdict_view(std::move(verdict), traces, now);
    verdict_->counted = window_.counted();
    verdict_->contradicted = window_.contradicted();
}

}  // namespace dtrace::master
