#include "verdict_parts.hpp"

#include <dtrace/analysis/verdict_summary.hpp>

#include <fmt/format.h>

namespace dtrace::analysis {

namespace {

constexpr std::size_t most_accesses_told = 3;

std::string culprit_line(Culprit const& culprit) {
    return fmt::format("{} loses {} ({} to {})", describe(culprit.segment),
                       percent(culprit.loss.estimate), percent(culprit.loss.low),
                       percent(culprit.loss.high));
}

/// Those that are certain.
std::string accesses_line(std::vector<AccessSuspect> const& accesses) {
    std::string text;
    std::size_t certain = 0;
    for (auto const& access : accesses) {
        if (!access.separated || ++certain > most_accesses_told) continue;
        text += fmt::format("{}the access link of {} loses {}", text.empty() ? "" : "; ",
                            describe(Place{.addresses = {}, .probe = access.probe, .silent = {}}),
                            percent(access.loss.estimate));
    }
    if (certain > most_accesses_told)
        text += fmt::format("; and {} more access links", certain - most_accesses_told);
    return text;
}

}  // namespace

std::string summary_of(LossVerdict const& verdict) {
    std::string text;
    if (verdict.verdict == Verdict::clean)
        return fmt::format("clean: no link above {}", percent(*verdict.bound));
    for (auto const& culprit : verdict.culprits)
        text += (text.empty() ? "culprit: " : "; ") + culprit_line(culprit);
    if (!text.empty()) return text;
    text = accesses_line(verdict.access);
    if (!text.empty()) return "culprit: " + text;
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
