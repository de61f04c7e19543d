#include "loss/search_loss.hpp"

#include "loss/joint_fit.hpp"

#include <algorithm>
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
/// Refinement may undo one: hence a limit.
constexpr int most_moves = 6;
constexpr int most_splits = 4;
/// Of a larger network's evidence only suspects are weighed, one at a time: more takes many times
/// as long, and the next rounds wait for the verdict.
constexpr std::size_t most_rows_for_pairs = 100'000;
/// A factor of 66: a second link has its price against it, so that it is not excluded lightly.
constexpr double close_behind_for_split = 4.2;

}  // namespace

LossSearch::LossSearch(LossModel& model, double odds)
    : model_(model), odds_(odds), equivalents_(equivalence(model.table())) {}

bool LossSearch::is_taken(LinkIndex link) const {
    return std::ranges::any_of(model_.links(), [&](LossyLink const& lossy) {
        return equivalents_[lossy.link] == equivalents_[link];
    });
}

bool LossSearch::is_full() const {
    return model_.links().size() >= LossModel::most_lossy_links;
}

bool LossSearch::is_thorough() const {
    return model_.table().rows().size() <= most_rows_for_pairs && !model_.is_spent();
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

std::vector<Weight> LossSearch::weigh_all(std::vector<LinkIndex> const& links, double within) {
    std::vector<Weight> weights;
    for (auto const link : links)
        weights.push_back(model_.glance(model_.footprint(link)));
    std::ranges::stable_sort(weights, std::ranges::greater{}, &Weight::odds);
    if (!weights.empty()) {
        double const least = weights.front().odds - within;
        std::erase_if(weights, [&](Weight const& weight) { return weight.odds < least; });
    }
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
    auto numbers = sharing_witnesses(model_.table(), before, weight.link);
    if (numbers.empty() || weight.loss <= 0) return added;
    numbers.push_back(before.size());
    auto without_it = before;
    without_it.push_back({weight.link, 0});
    auto fit = fit_jointly(model_, std::move(without_it), added.links, numbers);
    model_.assume(without(fit.links, before.size()));
    auto const footprint = model_.footprint(weight.link);
    added.weight = model_.weigh_at(footprint, fit.links.back().loss);
    added.weight.odds = std::max(weight.odds, fit.gain - model_.price(footprint));
    added.links = std::move(fit.links);
    model_.assume(before);
    return added;
}

LossSearch::Addition LossSearch::best_addition(std::vector<LinkIndex> const& candidates,
                                               double within) {
    Addition best{.weight = {.odds = -1e300}, .links = {}};
    std::size_t behind = 0;
    for (auto const& weight : weigh_all(candidates, within)) {
        if (weight.odds + most_gained_jointly < odds_) break;
        if (weight.odds + close_behind < best.weight.odds) break;
        if (best.weight.proves(odds_) && (++behind > most_behind || model_.is_spent())) break;
        auto added = addition(weight);
        if (added.weight.odds > best.weight.odds && added.weight.proves(odds_))
            best = std::move(added);
    }
    return best;
}

std::vector<Finding> LossSearch::run() {
    take_all();
    for (int pass = 0; split() && pass < most_splits; ++pass)
        take_all();
    weigh_accesses_again();
    add_findings();
    return std::move(findings_);
}

void LossSearch::take_all() {
    int moves = 0;
    // Refinement may drop a link again: hence a limit.
    for (std::size_t step = 0; step < LossModel::most_lossy_links; ++step) {
        if (is_full() || model_.is_spent()) return;
        auto const suspected = suspects();
        auto best = best_addition(suspected, any_distance);
        if (is_thorough() && !best.weight.proves(odds_))
            best = best_addition(beside(), any_distance);
        if (best.weight.proves(odds_))
            accept(std::move(best), suspected);
        else if (moves == most_moves ||
                 !(blame_accesses(suspected) ||
                   (is_thorough() && (exchange(suspected) || regroup() || begin_anew()))))
            return;
        else
            ++moves;
        refine();
    }
}

void LossSearch::assume_without(std::size_t number) {
    auto const rest = without(model_.links(), number);
    auto const numbers = sharing_witnesses(model_.table(), rest, model_.links()[number].link);
    model_.assume(fit_jointly(model_, rest, rest, numbers).links);
}

bool LossSearch::is_better(Addition const& one, Addition const& other) const {
    if (!one.weight.proves(odds_)) return false;
    if (!holds(other.weight)) return true;
    bool const leaves_access =
        model_.table().is_access(other.weight.link) && one.weight.link != other.weight.link;
    double const wanted = leaves_access ? close_behind_for_access : 0;
    return advantage(model_, other.links, one.links) > wanted;
}

LossSearch::Addition LossSearch::take_out(std::size_t number) {
    auto links = model_.links();
    auto const behind = links.begin() + static_cast<std::ptrdiff_t>(number + 1);
    std::rotate(links.begin(), behind, links.end());
    auto const last = links.size() - 1;
    model_.assume(without(links, last));
    auto const weight = model_.weigh_at(model_.footprint(links[last].link), links[last].loss);
    model_.assume(links);
    assume_without(last);
    return {.weight = weight, .links = std::move(links)};
}

void LossSearch::refine() {
    for (int round = 0; round < rounds_of_refinement; ++round) {
        bool moved = false;
        for (auto left = model_.links().size(); !model_.is_spent();) {
            // Each in turn is the first that is looked at, and becomes the last.
            auto const first = std::ranges::find_if(model_.links(), [&](LossyLink const& lossy) {
                return !is_one_of_many(lossy.link);
            });
            auto const number = static_cast<std::size_t>(first - model_.links().begin());
            if (number >= left) break;
            left -= number + 1;
            auto best = take_out(number);
            LinkIndex const link = best.weight.link;
            auto others = instead_of(link);
            auto const rest = model_.links();
            auto again = addition(model_.weigh(model_.footprint(link)));
            auto other = best_addition(others, most_gained_jointly);
            if (is_better(again, best)) best = std::move(again);
            if (is_better(other, best)) best = std::move(other);
            model_.assume(rest);
            bool const held = holds(best.weight);
            moved = moved || best.weight.link != link || !held;
            if (held) model_.assume(std::move(best.links));
        }
        if (!moved) return;
    }
}

bool LossSearch::holds(Weight const& weight) const {
    return weight.proves(model_.table().is_access(weight.link) ? 0 : odds_);
}

std::vector<LinkIndex> LossSearch::instead_of(LinkIndex link) const {
    auto others = neighbours(link, reach_of_doubt);
    std::erase_if(others, [&](LinkIndex other) {
        return is_taken(other) || equivalents_[other] == equivalents_[link];
    });
    return others;
}

std::vector<LinkIndex> LossSearch::beside() const {
    std::set<LinkIndex> found;
    for (auto const& lossy : model_.links())
        for (auto const other : neighbours(lossy.link, reach_of_split))
            if (!is_taken(other)) found.insert(other);
    return {found.begin(), found.end()};
}

std::vector<LinkIndex> LossSearch::partners(LinkIndex link) const {
    std::vector<LinkIndex> others;
    for (auto const other : neighbours(link, reach_of_split)) {
        if (!is_taken(other) && !model_.table().is_access(other)) others.push_back(other);
    }
    return others;
}

bool LossSearch::split() {
    std::erase_if(splits_, [](Split const& way) { return way.gain < close_behind; });
    halved_.clear();
    bool proved = false;
    for (auto const& lossy : std::vector(model_.links())) {
        if (model_.table().is_access(lossy.link)) continue;
        if (model_.is_spent())
            halved_.push_back(lossy.link);  // nobody knows
        else if (!is_full())
            proved = split(lossy.link) || proved;
    }
    return proved;
}

bool LossSearch::both_lose(Split const& way, std::size_t number) {
    auto const before = model_.links();
    auto const loses = [&](std::size_t which) {
        model_.assume(without(way.links, which));
        auto const footprint = model_.footprint(way.links[which].link);
        return interval(footprint, way.links, which).low > 2 * least_loss;
    };
    bool const both = loses(number) && loses(way.links.size() - 1);
    model_.assume(before);
    return both;
}

bool LossSearch::split(LinkIndex link) {
    auto const place = std::ranges::find(model_.links(), link, &LossyLink::link);
    auto const number = static_cast<std::size_t>(place - model_.links().begin());
    auto [ways, halved] = ways_to_split(model_, number, partners(link));
    if (halved > -close_behind) halved_.push_back(link);
    std::erase_if(ways, [](Split const& way) { return way.gain < -close_behind_for_split; });
    if (ways.empty()) return false;
    auto const& best = *std::ranges::max_element(ways, {}, &Split::gain);
    bool const proved = best.gain >= close_behind && both_lose(best, number);
    if (proved) {
        model_.assume(best.links);
        ways = {best};
    } else
        std::erase_if(ways, [](Split const& way) { return way.gain >= close_behind; });
    splits_.insert(splits_.end(), ways.begin(), ways.end());
    return proved;
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

}  // namespace dtrace::analysis
