#include "loss/judge_loss.hpp"

#include <dtrace/analysis/loss_watch.hpp>

#include <algorithm>

namespace dtrace::analysis {

namespace {

constexpr double looks = 16;
/// Above what a single look asks for: ln 16, and a little for the links beside.
constexpr double more_odds = 4;
/// Another lossy link is looked for until none can lose this share of what the least of those that
/// are named does, or for so many times as long as it took to find these: what a target leaves
/// unanswered may never rule it out.
constexpr double share_excluded = 0.5;
constexpr std::uint32_t longest_search = 16;

/// The links that are named are these, whatever else loses.
bool names_exactly(JudgedLoss const& judged) {
    return judged.verdict.verdict == Verdict::culprit && !judged.narrows &&
           std::ranges::all_of(judged.verdict.culprits, [](Culprit const& culprit) {
               return culprit.alternatives.empty() && !culprit.access_possible;
           });
}

bool excludes_others(JudgedLoss const& judged) {
    auto const& verdict = judged.verdict;
    auto const least = std::ranges::min_element(
        verdict.culprits, {}, [](Culprit const& culprit) { return culprit.loss.low; });
    // What the bound of a link is worth beside a culprit of its route depends on what that loses.
    return !judged.halved && verdict.bound && least != verdict.culprits.end() &&
           *verdict.bound <= share_excluded * least->loss.low;
}

}  // namespace

LossWatch::LossWatch(LossParameters const& parameters) : parameters_(parameters) {}

bool LossWatch::add(Trace const& trace) {
    evidence_.add(trace);
    if (++rounds_ < next_look_) return false;
    next_look_ = std::max(rounds_ + 1, rounds_ * 7 / 5);
    LossParameters strict = parameters_;
    strict.error /= looks;
    strict.odds += more_odds;
    auto judged = judge_loss(evidence_, strict);
    bool const exact = names_exactly(judged);
    if (!exact || judged.verdict.culprits.size() != verdict_.culprits.size())
        exact_since_ = rounds_;
    certain_ = judged.verdict.verdict == Verdict::clean ||
               (exact && (excludes_others(judged) || rounds_ >= longest_search * exact_since_));
    verdict_ = std::move(judged.verdict);
    return true;
}

LossVerdict LossWatch::conclude() const {
    // Others beside those that are named may be seen at the ordinary error.
    bool const clean = certain_ && verdict_.verdict == Verdict::clean;
    return clean ? verdict_ : locate_loss(evidence_, parameters_);
}

}  // namespace dtrace::analysis
