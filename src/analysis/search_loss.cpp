#include "search_loss.hpp"

#include "joint_fit.hpp"

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
/// Nats that a link gains at most when the losses of others are adjusted to it.
constexpr double most_gained_jointly = 12;
/// Links that are looked at behind the first one that is proved.
constexpr std::size_t most_behind = 4;
constexpr int rounds_of_refinement = 3;
/// So many hops from a lossy link another one may be meant instead.
constexpr RowIndex reach_of_doubt = 3;
/// Or lose a part of it.
constexpr RowIndex reach_of_split = 12;
/// ln 20: links that close behind the best one are not excluded.
constexpr double close_behind = 3;
/// A link is not blamed lightly for what all of a probe's packets have in common.
constexpr double close_behind_for_access = 7;

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

std::vector<Weight> LossSearch::weigh_all(std::vector<LinkIndex> const& links) {
    std::vector<Weight> weights;
    for (auto const link : links)
        weights.push_back(model_.glance(model_.footprint(link)));
    std::ranges::stable_sort(weights, std::ranges::greater{}, &Weight::odds);
    if (weights.size() > most_weighed) weights.resize(most_weighed);
    for (auto& weight : weights)
        weight = model_.weigh(model_.footprint(weight.link));
    std::ranges::stable_sort(weights, std::ranges::greater{}, &Weight::odds);
    return weights;
}

LossSearch::Addition LossSearch::addition(Weight const& weight) {
    auto const before = model_.links();
    Addition added{.weight = weight, .links = before};
    added.links.push_back({weight.link, weight.loss});
    auto numbers = sharing_routes(model_.table(), before, weight.link);
    if (numbers.empty() || weight.loss <= 0) return added;
    numbers.push_back(before.size());
    auto fit = fit_jointly(model_, std::move(added.links), numbers);
    added.links = std::move(fit.links);
    model_.assume(without(added.links, before.size()));
    added.weight = model_.weigh_at(model_.footprint(weight.link), added.links.back().loss);
    added.weight.odds = weight.odds + fit.gain;
    model_.assume(before);
    return added;
}

LossSearch::Addition LossSearch::best_addition(std::vector<LinkIndex> const& candidates) {
    Addition best{.weight = {.odds = -1e300}, .links = {}};
    std::size_t behind = 0;
    for (auto const& weight : weigh_all(candidates)) {
        if (weight.odds + most_gained_jointly < odds_) break;
        if (weight.odds + close_behind < best.weight.odds) break;
        if (best.weight.proves(odds_) && ++behind > most_behind) break;
        auto added = addition(weight);
        if (added.weight.odds > best.weight.odds && added.weight.proves(odds_))
            best = std::move(added);
    }
    return best;
}

std::vector<Finding> LossSearch::run() {
    take_all();
    split();
    add_findings();
    return std::move(findings_);
}

void LossSearch::take_all() {
    // Refinement may drop a link again: hence a limit.
    for (std::size_t step = 0; step < LossModel::most_lossy_links; ++step) {
        auto best = best_addition(suspects());
        if (!best.weight.proves(odds_)) break;
        model_.assume(std::move(best.links));
        refine();
    }
}

void LossSearch::assume_without(std::size_t number) {
    auto const& all = model_.links();
    auto const numbers = sharing_routes(model_.table(), without(all, number), all[number].link);
    auto rest = fit_jointly(model_, without(all, number), numbers);
    model_.assume(std::move(rest.links));
}

void LossSearch::refine() {
    for (int round = 0; round < rounds_of_refinement; ++round) {
        bool moved = false;
        for (auto left = model_.links().size(); left > 0; --left) {
            // Each in turn is the first, and becomes the last.
            LinkIndex const link = model_.links().front().link;
            assume_without(0);
            auto candidates = neighbours(link, reach_of_doubt);
            std::erase_if(candidates, [&](LinkIndex other) {
                return is_taken(other) ||
                       (other != link && equivalents_[other] == equivalents_[link]);
            });
            auto best = best_addition(candidates);
            moved = moved || best.weight.link != link;
            if (best.weight.proves(odds_)) model_.assume(std::move(best.links));
        }
        if (!moved) return;
    }
}

std::vector<LinkIndex> LossSearch::partners(LinkIndex link) const {
    std::vector<LinkIndex> others;
    for (auto const other : neighbours(link, reach_of_split)) {
        if (!is_taken(other) && !model_.table().is_access(other)) others.push_back(other);
    }
    return others;
}

void LossSearch::split() {
    for (auto const& lossy : std::vector(model_.links())) {
        bool const full = model_.links().size() >= LossModel::most_lossy_links;
        if (!full && !model_.table().is_access(lossy.link)) split(lossy.link);
    }
}

void LossSearch::split(LinkIndex link) {
    auto const place = std::ranges::find(model_.links(), link, &LossyLink::link);
    auto const number = static_cast<std::size_t>(place - model_.links().begin());
    auto ways = ways_to_split(model_, number, partners(link));
    std::erase_if(ways, [](Split const& way) { return way.gain < -close_behind; });
    if (ways.empty()) return;
    auto const& best = *std::ranges::max_element(ways, {}, &Split::gain);
    if (best.gain >= close_behind) {
        model_.assume(best.links);
        ways = {best};
    }
    splits_.insert(splits_.end(), ways.begin(), ways.end());
}

std::vector<LinkIndex> LossSearch::neighbours(LinkIndex link, RowIndex reach) const {
    // All links of the routes that cross it, up to a few: nearest first on each route.
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
    for (auto const other : neighbours(link, reach_of_doubt)) {
        if (equivalents_[other] == equivalents_[link]) continue;
        auto const weight = model_.weigh(model_.footprint(other));
        double const close =
            model_.table().is_access(other) ? close_behind_for_access : close_behind;
        if (weight.odds > found.weight.odds - close && weight.proves(0))
            found.alternatives.push_back(other);
    }
    found.links = segment(link, found.alternatives);
    found.loss = interval(all, number);
    model_.assume(all);
    widen(found);
    return found;
}

Interval LossSearch::interval(std::vector<LossyLink> const& all, std::size_t number) {
    model_.assume(without(all, number));
    auto const footprint = model_.footprint(all[number].link);
    auto found = model_.interval(footprint, all[number].loss);
    auto const sharing = sharing_routes(model_.table(), all, all[number].link);
    std::vector<std::size_t> others;
    std::ranges::copy_if(sharing, std::back_inserter(others),
                         [&](std::size_t other) { return other != number; });
    if (others.empty()) return found;
    // Near the best losses the likelihood falls by the square of the distance: what the others win
    // back at an edge says how much further out it is.
    auto const moved = [&](double edge) {
        auto links = all;
        links[number].loss = edge;
        double const won = fit_jointly(model_, std::move(links), others).gain;
        double const further = std::sqrt(interval_drop / std::max(interval_drop - won, 0.1));
        return std::clamp(found.estimate + (edge - found.estimate) * further, 0.0, 1.0);
    };
    found.low = moved(found.low);
    if (found.high < 1) found.high = moved(found.high);
    return found;
}

bool LossSearch::takes_all_of(LinkIndex other, LinkIndex link) const {
    auto const& table = model_.table();
    return std::ranges::all_of(table.crossings(link), [&](RowIndex crossing) {
        auto const& pathclass = table.class_of(crossing);
        for (RowIndex row = pathclass.begin; row < pathclass.end; ++row)
            if (table.rows()[row].link == other) return true;
        return false;
    });
}

void LossSearch::widen(Finding& found) const {
    for (auto const& way : splits_) {
        bool const proved = way.gain >= close_behind;
        if (proved && (way.kept == found.weight.link || way.other == found.weight.link))
            found.weight.odds = std::min(found.weight.odds, way.gain);
        if (!proved && way.kept == found.weight.link && takes_all_of(way.other, way.kept))
            include(found, way);
    }
}

void LossSearch::include(Finding& found, Split const& way) const {
    auto const& table = model_.table();
    auto const here = [&](RowIndex row, LinkIndex link) { return table.rows()[row].link == link; };
    for (auto const crossing : table.crossings(found.weight.link)) {
        auto const& pathclass = table.class_of(crossing);
        auto const is_in = [&](RowIndex row) {
            return here(row, way.other) || std::ranges::any_of(found.links, [&](LinkIndex link) {
                       return here(row, link);
                   });
        };
        RowIndex first = crossing;
        RowIndex last = crossing;
        bool crosses_other = false;
        for (RowIndex row = pathclass.begin; row < pathclass.end; ++row) {
            if (!is_in(row)) continue;
            first = std::min(first, row);
            last = std::max(last, row);
            crosses_other = crosses_other || here(row, way.other);
        }
        if (!crosses_other) continue;
        found.links.clear();
        for (RowIndex row = first; row <= last; ++row)
            found.links.push_back(table.rows()[row].link);
        found.several = true;
        found.loss.low = std::min(found.loss.low, way.total);
        found.loss.high =
            std::max(found.loss.high, way.total + (found.loss.high - found.loss.estimate));
        std::erase_if(found.alternatives, [&](LinkIndex link) {
            return std::ranges::find(found.links, link) != found.links.end();
        });
        return;
    }
}

void LossSearch::add_findings() {
    for (std::size_t number = 0; number < model_.links().size(); ++number)
        findings_.push_back(finding(number));
    std::ranges::stable_sort(findings_, std::ranges::greater{},
                             [](Finding const& finding) { return finding.weight.odds; });
}

}  // namespace dtrace::analysis
