#include <dtrace/core/counted.hpp>
#include <dtrace/formats/verdict_text.hpp>

#include <fmt/format.h>

namespace dtrace::formats {

namespace {

constexpr std::size_t most_responders = 10;

std::string culprit_text(analysis::Culprit const& culprit) {
    auto text = fmt::format("{}\n  why: {}\n", describe(culprit), culprit.reason);
    text += fmt::format("  direction: {}\n",
                        culprit.direction == analysis::Direction::forward
                            ? "towards the target"
                            : "towards the target, or the way back of everything beyond");
    text += fmt::format("  witnesses: {} of {}\n", counted(culprit.flows, "flow"),
                        counted(culprit.probes, "probe"));
    if (culprit.router)
        text +=
            fmt::format("  {} links into {} and out of it, which the counts cannot tell apart\n",
                        culprit.links.size(), describe(*culprit.router));
    else if (culprit.links.size() > 1)
        text += fmt::format("  {} links in a row, which the counts cannot tell apart\n",
                            culprit.links.size());
    for (auto const& link : culprit.alternatives)
        text += fmt::format("  not excluded: {}\n", describe(link));
    if (culprit.access_possible)
        text += "  not excluded: the probe's access link, or reluctance of all that answer it\n";
    return text + fmt::format("  against it would be: {}\n", culprit.change_our_mind);
}

}  // namespace

std::string to_verdict_text(analysis::LossVerdict const& verdict) {
    auto text = verdict.summary + '\n';
    for (auto const& culprit : verdict.culprits)
        text += culprit_text(culprit);
    for (auto const& access : verdict.access)
        if (!access.separated) text += fmt::format("access: {}\n", access.reason);
    for (auto const& ambiguity : verdict.ambiguities)
        text += fmt::format("unclear: {}\n", ambiguity.reason);
    std::size_t shown = 0;
    for (auto const& deaf : verdict.deaf)
        if (shown++ < most_responders)
            text += fmt::format("{}: {}\n", describe(deaf.place), deaf.reason);
    if (shown > most_responders)
        text +=
            fmt::format("and {} more that answer only part of the time\n", shown - most_responders);
    for (auto const& needed : verdict.needed)
        text += fmt::format("needed: {}\n", needed);
    text += fmt::format("{} flows, {} of {} packets answered\n", verdict.flows, verdict.answered,
                        verdict.sent);
    if (verdict.voided > 0)
        text += counted(verdict.voided, "round") +
                " left out: cut short, or this host lost replies itself\n";
    return text;
}

}  // namespace dtrace::formats
