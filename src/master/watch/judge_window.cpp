#include "watch/judge_window.hpp"

#include "watch/culprit_book.hpp"

#include <dtrace/analysis/verdict_summary.hpp>

#include <algorithm>
#include <utility>

namespace dtrace::master {

namespace {

/// Each takes up to two verdicts of a part of the window.
constexpr std::size_t most_looked_at = 3;

struct Window {
    EvidenceWindow const& window;
    analysis::LossParameters const& parameters;

    /// The culprit as these rounds alone show it, where they do.
    [[nodiscard]] std::optional<analysis::Culprit> shown(analysis::Culprit const& culprit,
                                                         Timestamp from, Timestamp to) const {
        auto const found = analysis::locate_loss(window.evidence_of(from, to), parameters);
        auto const it = std::ranges::find_if(
            found.culprits, [&](auto const& each) { return same_culprit(each, culprit); });
        if (it == found.culprits.end()) return std::nullopt;
        // Which link it is, the whole window knows best.
        auto counted = culprit;
        counted.loss = it->loss;
        counted.probes = it->probes;
        counted.flows = it->flows;
        counted.witnesses = it->witnesses;
        counted.reason = it->reason;
        return counted;
    }
};

Accusation look_at(Window const& window, analysis::Culprit culprit) {
    auto const span = find_loss_span(window.window.rounds_over(culprit.segment));
    auto const changed = span.ended ? span.ended : span.began;
    if (!changed) return {.culprit = std::move(culprit)};
    if (auto now = window.shown(culprit, *changed, Timestamp::max()))
        return {.culprit = *std::move(now), .began = changed};
    if (!span.ended) return {.culprit = std::move(culprit)};
    auto const since = analysis::wilson(static_cast<double>(span.lost_since),
                                        static_cast<double>(span.sent_since));
    bool const over = since.low < window.parameters.clean_below;
    auto then = window.shown(culprit, span.began.value_or(Timestamp::min()), *span.ended);
    return {.culprit = then ? *std::move(then) : std::move(culprit),
            .began = span.began,
            .ended = over ? span.ended : std::nullopt};
}

}  // namespace

Judgement judge_window(EvidenceWindow const& window, analysis::LossParameters const& parameters) {
    Judgement judgement{.verdict = analysis::locate_loss(window.evidence(), parameters)};
    auto& verdict = judgement.verdict;
    auto culprits = analysis::tell_ways_apart(std::exchange(verdict.culprits, {}),
                                              verdict.ambiguities, window.probes());
    for (auto& culprit : culprits) {
        bool const closely = judgement.accused.size() < most_looked_at;
        judgement.accused.push_back(closely ? look_at({window, parameters}, std::move(culprit))
                                            : Accusation{.culprit = std::move(culprit)});
    }
    auto const& accused = judgement.accused;
    auto const is_over = [](Accusation const& each) { return each.ended.has_value(); };
    if (!accused.empty() && std::ranges::all_of(accused, is_over)) {
        auto const since = *std::ranges::max_element(accused, {}, &Accusation::ended)->ended;
        verdict = analysis::locate_loss(window.evidence_of(since, Timestamp::max()), parameters);
        for (auto const& culprit : verdict.culprits)
            judgement.accused.push_back({.culprit = culprit, .began = since});
        return judgement;
    }
    for (auto const& each : accused)
        if (!is_over(each)) verdict.culprits.push_back(each.culprit);
    verdict.summary = analysis::summary_of(verdict);
    return judgement;
}

}  // namespace dtrace::master
