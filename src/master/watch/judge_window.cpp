#include "watch/judge_window.hpp"

#include "watch/culprit_book.hpp"

#include <dtrace/analysis/verdict_summary.hpp>

#include <algorithm>
#include <deque>
#include <utility>

namespace dtrace::master {

namespace {

/// Each takes up to two verdicts of a part of the window.
constexpr std::size_t most_looked_at = 3;
/// Changes so far apart are looked at as one: what is lost at one place may show at several.
constexpr microseconds at_once = seconds(10);

/// What some of the window's rounds say by themselves.
struct Part {
    Timestamp from;
    Timestamp to;
    analysis::LossVerdict verdict;
    std::size_t traces = 0;
};

void tell_ways_apart(analysis::LossVerdict& verdict, EvidenceWindow const& window) {
    verdict.culprits = analysis::tell_ways_apart(std::exchange(verdict.culprits, {}),
                                                 verdict.ambiguities, window.probes());
}

/// Parts of a window, each judged once.
class Parts {
  public:
    Parts(EvidenceWindow const& window, analysis::LossParameters const& parameters)
        : window_(window), parameters_(parameters) {}

    [[nodiscard]] EvidenceWindow const& window() const { return window_; }
    [[nodiscard]] double clean_below() const { return parameters_.clean_below; }

    Part const& part(Timestamp from, Timestamp to) {
        auto const made = std::ranges::find_if(made_, [&](Part const& part) {
            return part.to == to && part.from <= from + at_once && from <= part.from + at_once;
        });
        if (made != made_.end()) return *made;
        auto found = analysis::locate_loss(window_.evidence_of(from, to), parameters_);
        tell_ways_apart(found, window_);
        found.summary = analysis::summary_of(found);
        return made_.emplace_back(Part{from, to, std::move(found), window_.traces_of(from, to)});
    }

    /// The culprit as a part alone shows it, where it does.
    std::optional<analysis::Culprit> shown(analysis::Culprit const& culprit, Timestamp from,
                                           Timestamp to) {
        auto const& culprits = part(from, to).verdict.culprits;
        auto const it = std::ranges::find_if(
            culprits, [&](auto const& each) { return same_culprit(each, culprit); });
        if (it == culprits.end()) return std::nullopt;
        // Which link it is, the whole window knows best.
        auto counted = culprit;
        counted.loss = it->loss;
        counted.probes = it->probes;
        counted.flows = it->flows;
        counted.witnesses = it->witnesses;
        counted.reason = it->reason;
        if (it->seen_back.empty())
            counted.reason += counted.seen_back;
        else
            counted.seen_back = it->seen_back;
        return counted;
    }

  private:
    EvidenceWindow const& window_;
    analysis::LossParameters const& parameters_;
    std::deque<Part> made_;
};

Accusation look_at(Parts& parts, analysis::Culprit culprit) {
    auto const span = find_loss_span(parts.window().rounds_over(culprit));
    auto const changed = span.ended ? span.ended : span.began;
    if (!changed) return {.culprit = std::move(culprit)};
    if (auto now = parts.shown(culprit, *changed, Timestamp::max()))
        return {.culprit = *std::move(now), .began = changed};
    if (!span.ended) return {.culprit = std::move(culprit)};
    auto const since = analysis::wilson(static_cast<double>(span.lost_since),
                                        static_cast<double>(span.sent_since));
    bool const over = since.low < parts.clean_below();
    auto then = parts.shown(culprit, span.began.value_or(Timestamp::min()), *span.ended);
    return {.culprit = then ? *std::move(then) : std::move(culprit),
            .began = span.began,
            .ended = over ? span.ended : std::nullopt};
}

}  // namespace

Judgement judge_window(EvidenceWindow const& window, analysis::LossParameters const& parameters) {
    Judgement judgement{.verdict = analysis::locate_loss(window.evidence(), parameters),
                        .traces = window.traces()};
    auto& verdict = judgement.verdict;
    tell_ways_apart(verdict, window);
    auto culprits = std::exchange(verdict.culprits, {});
    Parts parts(window, parameters);
    for (auto& culprit : culprits) {
        bool const closely = judgement.accused.size() < most_looked_at;
        judgement.accused.push_back(closely ? look_at(parts, std::move(culprit))
                                            : Accusation{.culprit = std::move(culprit)});
    }
    auto const& accused = judgement.accused;
    auto const is_over = [](Accusation const& each) { return each.ended.has_value(); };
    if (!accused.empty() && std::ranges::all_of(accused, is_over)) {
        auto const since = *std::ranges::max_element(accused, {}, &Accusation::ended)->ended;
        auto const& part = parts.part(since, Timestamp::max());
        verdict = part.verdict;
        judgement.traces = part.traces;
        for (auto const& culprit : verdict.culprits)
            judgement.accused.push_back({.culprit = culprit, .began = since});
        return judgement;
    }
    for (auto const& each : accused)
        if (!is_over(each)) verdict.culprits.push_back(each.culprit);
    std::erase_if(verdict.access, [&](auto const& access) {
        return std::ranges::any_of(accused, [&](Accusation const& each) {
            return is_over(each) && each.culprit.access == access.probe;
        });
    });
    verdict.summary = analysis::summary_of(verdict);
    return judgement;
}

}  // namespace dtrace::master
