#include <dtrace/analysis/loss_watch.hpp>

#include <algorithm>

namespace dtrace::analysis {

namespace {

constexpr double looks = 16;
/// Above what a single look asks for: ln 16, and a little for the links beside.
constexpr double more_odds = 4;

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
    certain_ =
        strictly.verdict == Verdict::clean ||
        (strictly.verdict == Verdict::culprit &&
         std::ranges::all_of(strictly.culprits, [](Culprit const& culprit) {
             return culprit.alternatives.empty() && !culprit.access_possible && !culprit.narrows;
         }));
    verdict_ = std::move(strictly);
    return true;
}

LossVerdict LossWatch::conclude() const {
    return certain_ ? verdict_ : locate_loss(evidence_, parameters_);
}

}  // namespace dtrace::analysis
