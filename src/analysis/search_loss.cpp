#include "search_loss.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace dtrace::analysis {

namespace {

/// Standard deviations below which a link is no suspect.
constexpr double least_deficit = 1.5;
constexpr std::size_t most_suspects = 2'000;
/// Of those, how many are weighed in full.
constexpr std::size_t most_weighed = 24;
constexpr int rounds_of_refinement = 3;
/// ln 20: links that close behind the best one are not excluded.
constexpr double close_behind = 3;
/// A link is not blamed lightly for what all of a probe's packets have in common.
constexpr double close_behind_for_access = 7;

std::vector<LossyLink> without(std::vector<LossyLink> links, std::size_t number) {
    links.erase(links.begin() + static_cast<std::ptrdiff_t>(number));
    return links;
}

}  // namespace

LossSearch::LossSearch(LossModel& model, double odds)
    : model_(model), odds_(odds), equivalents_(equivalence(model.table())) {}

bool LossSearch::is_taken(LinkIndex link) const {
    return std::ranges::any_of(model_.links(), [&](LossyLink const& lossy) {
        return equivalents_[lossy.link] == equivalents_[link];
    });
}

std::vector<LinkIndex> LossSearch::suspects() const {
    struct Suspect {
        LinkIndex link;
        double deficit;
    };
    auto const said = testimonies(model_);
    std::vector<bool> represented(said.size(), false);
    std::vector<Suspect> found;
    for (LinkIndex link = 0; link < said.size(); ++link) {
        double const deficit = said[link].deficit();
        if (is_taken(link) || deficit < least_deficit || represented[equivalents_[link]]) continue;
        represented[equivalents_[link]] = true;
        found.push_back({link, deficit});
    }
    std::ranges::stable_sort(found, std::ranges::greater{}, &Suspect::deficit);
    if (found.size() > most_suspects) found.resize(most_suspects);
    std::vector<LinkIndex> links;
    for (auto const& suspect : found)
        links.push_back(suspect.link);
    return links;
}

Weight LossSearch::best_of(std::vector<LinkIndex> const& links) {
    std::vector<Weight> glances;
    for (auto const link : links)
        glances.push_back(model_.glance(model_.footprint(link)));
    std::ranges::stable_sort(glances, std::ranges::greater{}, &Weight::odds);
    if (glances.size() > most_weighed) glances.resize(most_weighed);
    Weight best{.odds = -1e300};
    for (auto const& glance : glances) {
        auto const weight = model_.weigh(model_.footprint(glance.link));
        if (weight.odds > best.odds && weight.proves(odds_)) best = weight;
    }
    return best;
}

std::vector<Finding> LossSearch::run() {
    take_all();
    if (split()) take_all();
    add_findings();
    return std::move(findings_);
}

void LossSearch::take_all() {
    // Refinement may drop a link again: hence a limit.
    for (std::size_t step = 0; step < LossModel::most_lossy_links; ++step) {
        auto const best = best_of(suspects());
        if (!best.proves(odds_)) break;
        auto links = model_.links();
        links.push_back({best.link, best.loss});
        model_.assume(std::move(links));
        refine();
    }
}

std::vector<LinkIndex> LossSearch::partners(LinkIndex link) const {
    std::vector<LinkIndex> others;
    for (auto const other : neighbours(link)) {
        if (!is_taken(other) && !model_.table().is_access(other)) others.push_back(other);
    }
    return others;
}

bool LossSearch::split() {
    bool any = false;
    auto const accepted = model_.links();
    for (auto const& lossy : accepted) {
        auto const place = std::ranges::find(model_.links(), lossy.link, &LossyLink::link);
        if (place == model_.links().end() || model_.table().is_access(lossy.link)) continue;
        auto const number = static_cast<std::size_t>(place - model_.links().begin());
        auto const best = best_split(model_, number, partners(lossy.link));
        if (best.gain < -close_behind || model_.links().size() >= LossModel::most_lossy_links)
            continue;
        splits_.push_back(best);
        if (best.gain < close_behind) continue;
        auto links = model_.links();
        links[number] = best.kept;
        links.push_back(best.other);
        model_.assume(std::move(links));
        refine();
        any = true;
    }
    return any;
}

std::vector<LinkIndex> LossSearch::neighbours(LinkIndex link) const {
    // All links of the routes that cross it, up to a few: nearest first on each route.
    constexpr RowIndex reach = 3;
    constexpr std::size_t most = 64;
    auto const& table = model_.table();
    std::set<LinkIndex> found;
    for (auto const crossing : table.crossings(link)) {
        auto const& pathclass = table.class_of(crossing);
        RowIndex const begin = std::max(pathclass.begin + reach, crossing) - reach;
        RowIndex const end = std::min(pathclass.end, crossing + reach + 1);
        for (RowIndex row = begin; row < end; ++row)
            found.insert(table.rows()[row].link);
        if (begin == pathclass.begin) found.insert(pathclass.probe);
        if (found.size() > most) break;
    }
    return {found.begin(), found.end()};
}

Weight LossSearch::reconsider(std::size_t number) {
    auto const all = model_.links();
    LinkIndex const link = all[number].link;
    model_.assume(without(all, number));
    auto best = model_.weigh(model_.footprint(link));
    for (auto const other : neighbours(link)) {
        if (is_taken(other) || equivalents_[other] == equivalents_[link]) continue;
        auto const footprint = model_.footprint(other);
        if (model_.glance(footprint).odds < best.odds - close_behind) continue;
        auto const weight = model_.weigh(footprint);
        if (weight.odds > best.odds && weight.proves(odds_)) best = weight;
    }
    return best;
}

void LossSearch::refine() {
    for (int round = 0; round < rounds_of_refinement; ++round) {
        bool moved = false;
        for (std::size_t number = 0; number < model_.links().size();) {
            auto links = model_.links();
            auto const weight = reconsider(number);
            moved = moved || weight.link != links[number].link;
            if (weight.proves(odds_)) {
                links[number] = {weight.link, weight.loss};
                ++number;
            } else {
                links = without(links, number);
                moved = true;
            }
            model_.assume(std::move(links));
        }
        if (!moved) return;
    }
}

std::vector<LinkIndex> LossSearch::segment(LinkIndex link, std::vector<LinkIndex>& close) const {
    // Grows along a route while the next link is not excluded either.
    auto const& table = model_.table();
    auto const crossing = table.crossings(link).front();
    auto const& pathclass = table.class_of(crossing);
    auto const open = [&](RowIndex row) {
        auto const there = table.rows()[row].link;
        return there == link || equivalents_[there] == equivalents_[link] ||
               std::ranges::find(close, there) != close.end();
    };
    RowIndex begin = crossing;
    RowIndex end = crossing + 1;
    while (begin > pathclass.begin && open(begin - 1))
        --begin;
    while (end < pathclass.end && open(end))
        ++end;
    std::vector<LinkIndex> links;
    for (RowIndex row = begin; row < end; ++row)
        links.push_back(table.rows()[row].link);
    std::erase_if(close,
                  [&](LinkIndex other) { return std::ranges::find(links, other) != links.end(); });
    return links;
}

Finding LossSearch::finding(std::size_t number) {
    auto const all = model_.links();
    LinkIndex const link = all[number].link;
    model_.assume(without(all, number));
    auto const footprint = model_.footprint(link);
    Finding found{.weight = model_.weigh(footprint), .loss = {}, .links = {}, .alternatives = {}};
    found.loss = model_.interval(footprint, found.weight.loss);
    for (auto const other : neighbours(link)) {
        if (equivalents_[other] == equivalents_[link]) continue;
        auto const weight = model_.weigh(model_.footprint(other));
        double const close =
            model_.table().is_access(other) ? close_behind_for_access : close_behind;
        if (weight.odds > found.weight.odds - close && weight.proves(0))
            found.alternatives.push_back(other);
    }
    found.links = segment(link, found.alternatives);
    model_.assume(all);
    widen(found);
    return found;
}

void LossSearch::widen(Finding& found) const {
    for (auto const& split : splits_) {
        bool const kept = split.kept.link == found.weight.link;
        if (split.gain < close_behind) {
            if (kept) include(found, split.other.link);
        } else if (kept || split.other.link == found.weight.link) {
            // The interval stands for the other link's loss as it was taken to be.
            auto& [estimate, low, high] = found.loss;
            double const wider = 1.96 * split.deviation;
            low = std::max(0.0, estimate - std::hypot(estimate - low, wider));
            high = std::min(1.0, estimate + std::hypot(high - estimate, wider));
            if (!kept) found.weight.odds = std::min(found.weight.odds, split.gain);
        }
    }
}

void LossSearch::include(Finding& found, LinkIndex other) const {
    auto const& table = model_.table();
    for (auto const crossing : table.crossings(found.weight.link)) {
        auto const& pathclass = table.class_of(crossing);
        for (RowIndex row = pathclass.begin; row < pathclass.end; ++row) {
            if (table.rows()[row].link != other) continue;
            found.links.clear();
            for (RowIndex at = std::min(row, crossing); at <= std::max(row, crossing); ++at)
                found.links.push_back(table.rows()[at].link);
            found.several = true;
            std::erase_if(found.alternatives, [&](LinkIndex link) {
                return std::ranges::find(found.links, link) != found.links.end();
            });
            return;
        }
    }
}

void LossSearch::add_findings() {
    for (std::size_t number = 0; number < model_.links().size(); ++number)
        findings_.push_back(finding(number));
    std::ranges::stable_sort(findings_, std::ranges::greater{},
                             [](Finding const& finding) { return finding.weight.odds; });
}

}  // namespace dtrace::analysis
