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
bool names_exactly(LossVerdict const& verdict) {
    return std::ranges::all_of(verdict.culprits, [](Culprit const& culprit) {
        return culprit.alternatives.empty() && !culprit.access_possible && !culprit.narrows;
    });
}

bool excludes_others(LossVerdict const& verdict) {
    auto const least = std::ranges::min_element(
        verdict.culprits, {}, [](Culprit const& culprit) { return culprit.loss.low; });
    // What the bound of a link is worth beside a culprit of its route depends on what that loses.
    bool const halved = std::ranges::any_of(verdict.culprits, &Culprit::halved);
    return !halved && verdict.bound && least != verdict.culprits.end() &&
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
    auto strictly = locate_loss(evidence_, strict);
    bool const exact = strictly.verdict == Verdict::culprit && names_exactly(strictly);
    if (!exact || strictly.culprits.size() != verdict_.culprits.size()) exact_since_ = rounds_;
    certain_ = strictly.verdict == Verdict::clean ||
               (exact && (excludes_others(strictly) || rounds_ >= longest_search * exact_since_));
    verdict_ = std::move(strictly);
    return true;
}

LossVerdict LossWatch::conclude() const {
    // Others beside those that are named may be seen at the ordinary error.
    bool const clean = certain_ && verdict_.verdict == Verdict::clean;
    return clean ? verdict_ : locate_loss(evidence_, parameters_);
}

}  // namespace dtrace::analysis
