#include "loss/verdict_parts.hpp"

#include <dtrace/analysis/verdict_summary.hpp>

#include <fmt/format.h>

namespace dtrace::analysis {

namespace {

constexpr std::size_t most_accesses_told = 3;

/// Of many accesses, which may have one cause, only the first are told.
std::string culprits_line(std::vector<Culprit> const& culprits) {
    std::string text;
    std::size_t accesses = 0;
    for (auto const& culprit : culprits) {
        if (culprit.access && ++accesses > most_accesses_told) continue;
        text += fmt::format("{}{} loses {} ({} to {})", text.empty() ? "" : "; ", describe(culprit),
                            percent(culprit.loss.estimate), percent(culprit.loss.low),
                            percent(culprit.loss.high));
    }
    if (accesses > most_accesses_told)
        text += fmt::format("; and {} more access links", accesses - most_accesses_told);
    return text;
}

}  // namespace

std::string summary_of(LossVerdict const& verdict) {
    if (verdict.verdict == Verdict::clean)
        return fmt::format("clean: no link above {}", percent(*verdict.bound));
    if (!verdict.culprits.empty()) return "culprit: " + culprits_line(verdict.culprits);
    if (verdict.sent == 0) return "undecided: nothing was measured";
    if (!verdict.ambiguities.empty())
        return fmt::format("undecided: {} beyond {} is lost or left unanswered",
                           percent(verdict.ambiguities.front().loss.estimate),
                           describe(verdict.ambiguities.front().segment.from));
    if (!verdict.access.empty())
        return fmt::format("undecided: {} of everything goes unanswered from the first hop on",
                           percent(verdict.access.front().loss.estimate));
    return verdict.bound ? fmt::format("undecided: no link above {}", percent(*verdict.bound))
                         : "undecided: nobody answers";
}

}  // namespace dtrace::analysis
