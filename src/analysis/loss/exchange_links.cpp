// One step at a time is not always enough. Where a link before a branch and one of the branch lose
// packets, the first link of that branch may be taken for the second, as that leaves one router
// less that is reluctant; and while it is assumed, the link before it cannot lose anything: the
// branch's routers answer more than would arrive. Only both at once explain more.

#include "loss/search_loss.hpp"

#include <algorithm>
#include <set>

namespace dtrace::analysis {

namespace {

/// Links that are tried, each beside another one, in the place of one.
constexpr std::size_t most_tried = 6;

}  // namespace

bool LossSearch::exchange(std::vector<LinkIndex> const& suspected) {
    return std::ranges::any_of(std::vector(model_.links()), [&](LossyLink const& lossy) {
        return is_thorough() && !model_.table().is_access(lossy.link) &&
               exchange(lossy.link, suspected);
    });
}

bool LossSearch::exchange(LinkIndex link, std::vector<LinkIndex> const& suspected) {
    auto const& table = model_.table();
    auto const near = neighbours(link, reach_of_split);
    bool open = false;
    std::set<LinkIndex> firsts;
    for (auto const other : suspected) {
        if (table.is_access(other) || !std::ranges::binary_search(near, other)) continue;
        open = true;
        if (table.crossings(other).size() > table.crossings(link).size()) firsts.insert(other);
    }
    if (!open) return false;
    for (auto const other : neighbours(link, reach_of_doubt)) {
        bool const another = equivalents_[other] != equivalents_[link] && !is_taken(other);
        if (another && !table.is_access(other)) firsts.insert(other);
    }

    auto const before = model_.links();
    auto const place = std::ranges::find(before, link, &LossyLink::link);
    assume_without(static_cast<std::size_t>(place - before.begin()));
    auto const rest = model_.links();
    double const alone = addition(model_.weigh(model_.footprint(link))).weight.odds;
    auto weights = weigh_all({firsts.begin(), firsts.end()}, any_distance);
    if (weights.size() > most_tried) weights.resize(most_tried);
    for (auto const& weight : weights) {
        // It need not be proved before the second one is beside it.
        if (weight.odds <= 0 || !is_thorough()) break;
        auto first = addition(weight);
        model_.assume(std::move(first.links));
        auto others = near;
        std::erase_if(others, [&](LinkIndex other) { return is_taken(other); });
        auto second = best_addition(others, any_distance);
        double const gained = first.weight.odds + second.weight.odds - alone;
        if (second.weight.proves(odds_) && gained >= odds_) {
            model_.assume(std::move(second.links));
            return true;
        }
        model_.assume(rest);
    }
    model_.assume(before);
    return false;
}

}  // namespace dtrace::analysis
