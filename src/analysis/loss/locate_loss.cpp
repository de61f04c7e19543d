#include "loss/around_router.hpp"
#include "loss/judge_loss.hpp"
#include "loss/verdict_parts.hpp"

#include <dtrace/analysis/locate_loss.hpp>
#include <dtrace/analysis/verdict_summary.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dtrace::analysis {

namespace {

/// The link of which least is known.
struct Weakest {
    LinkIndex link = 0;
    double limit = 0;
    double sent = 0;
};

Weakest weakest_link(LossModel const& model, std::vector<Crossed> const& crossed, double error) {
    Weakest weakest;
    for (LinkIndex link = 0; link < crossed.size(); ++link) {
        bool const named =
            std::ranges::find(model.links(), link, &LossyLink::link) != model.links().end();
        if (named || crossed[link].sent <= 0) continue;
        double const limit = crossed[link].upper_limit(error);
        if (limit > weakest.limit) weakest = {link, limit, crossed[link].sent};
    }
    return weakest;
}

/// Flows that reached their target on none of their paths, and all flows.
void count_flows(Evidence const& evidence, LossVerdict& verdict, std::uint32_t& unreached) {
    auto const& paths = evidence.paths();
    auto const& next = evidence.next_of_flow();
    std::vector<bool> has_newer(paths.size(), false);
    for (auto const index : next)
        if (index != Evidence::no_path) has_newer[index] = true;
    for (std::uint32_t head = 0; head < paths.size(); ++head) {
        if (has_newer[head]) continue;
        bool lives = false;
        bool reached = false;
        for (auto index = head; index != Evidence::no_path; index = next[index]) {
            lives = lives || paths[index].rounds > 0;
            reached = reached || (paths[index].rounds > 0 && paths[index].reached);
        }
        verdict.flows += lives ? 1 : 0;
        unreached += lives && !reached ? 1 : 0;
    }
}

void count_packets(EvidenceTable const& table, LossVerdict& verdict) {
    std::vector<bool> seen(table.evidence().probes().size(), false);
    for (auto const& pathclass : table.classes())
        seen[pathclass.probe] = true;
    verdict.probes = static_cast<std::uint32_t>(std::ranges::count(seen, true));
    for (auto const& row : table.rows()) {
        verdict.sent += row.sent;
        verdict.answered += row.answered;
    }
    verdict.voided = table.evidence().voided();
}

/// An access link has one end.
std::string in_words(EvidenceTable const& table, LinkIndex link) {
    auto const ends = table.link_of(link);
    return table.is_access(link) ? "the access link of " + describe(ends.from) : describe(ends);
}

void add_needs(LossVerdict& verdict, EvidenceTable const& table, Weakest const& weakest,
               std::uint32_t unreached, LossParameters const& parameters) {
    for (auto const& ambiguity : verdict.ambiguities)
        if (std::ranges::find(verdict.needed, ambiguity.needed) == verdict.needed.end())
            verdict.needed.push_back(ambiguity.needed);
    if (std::ranges::any_of(verdict.access, [](auto const& access) { return !access.separated; }))
        verdict.needed.push_back("another probe that measures through the same routers");
    if (unreached > 0)
        verdict.needed.push_back(
            fmt::format("a method or port that the target answers: {} of {} flows do not reach it",
                        unreached, verdict.flows));
    if (verdict.ambiguities.empty() && weakest.limit > parameters.clean_below) {
        double const enough = std::log(parameters.error) / std::log1p(-parameters.clean_below);
        if (weakest.sent < enough)
            verdict.needed.push_back(fmt::format("about {:.0f} more packets over {}",
                                                 std::ceil(enough - weakest.sent),
                                                 in_words(table, weakest.link)));
        else if (verdict.access.empty())
            verdict.needed.push_back(
                fmt::format("more packets over {}: {} of {:.0f} are missing, too few to tell why",
                            in_words(table, weakest.link), percent(weakest.limit), weakest.sent));
    }
    if (verdict.voided > 0 && verdict.sent == 0)
        verdict.needed.push_back("a host that keeps up with the replies: it has dropped some");
}

}  // namespace

JudgedLoss judge_loss(Evidence const& evidence, LossParameters const& parameters) {
    EvidenceTable const table(evidence);
    LossModel model(table);
    LossSearch search(model, parameters.odds);
    auto findings = search.run();
    merge_around_routers(model, findings);
    auto const over = crossed(model);

    JudgedLoss judged;
    LossVerdict& verdict = judged.verdict;
    std::uint32_t unreached = 0;
    count_flows(evidence, verdict, unreached);
    count_packets(table, verdict);
    verdict.access = access_suspects(model, findings);
    auto access = verdict.access.begin();
    for (auto const& finding : findings) {
        if (table.is_access(finding.weight.link)) {
            if (access->separated)
                verdict.culprits.push_back(make_culprit(model, finding, *access));
            ++access;
            continue;
        }
        verdict.culprits.push_back(make_culprit(model, finding));
        judged.halved = judged.halved || finding.halved;
        judged.narrows = judged.narrows || finding.narrows;
    }
    verdict.deaf = deaf_responders(model);
    verdict.ambiguities = ambiguities(model, over, parameters);
    auto const weakest = weakest_link(model, over, parameters.error);
    if (weakest.sent > 0) verdict.bound = weakest.limit;

    bool const clean = weakest.sent > 0 && weakest.limit <= parameters.clean_below &&
                       unreached == 0 && verdict.access.empty() && verdict.ambiguities.empty();
    verdict.verdict = !verdict.culprits.empty() ? Verdict::culprit
                      : clean                   ? Verdict::clean
                                                : Verdict::undecided;
    if (verdict.verdict == Verdict::undecided)
        add_needs(verdict, table, weakest, unreached, parameters);
    verdict.summary = summary_of(verdict);
    return judged;
}

LossVerdict locate_loss(Evidence const& evidence, LossParameters const& parameters) {
    return judge_loss(evidence, parameters).verdict;
}

}  // namespace dtrace::analysis
