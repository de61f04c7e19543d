// One lossy access more is no surprise where many are: all of them together may be proved where
// each by itself is not. And what nearly all probes lose on their access links looks like loss on
// the first link that all of them cross: one link is a shorter account than a hundred, and as long
// as it is assumed nothing is missing any more. But those probes that are well cross it without
// loss, and that speaks against it: then all accesses are tried at once in its place.

#include "loss/joint_fit.hpp"
#include "loss/search_loss.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

namespace dtrace::analysis {

namespace {

/// Nats that a change has to be worth, so that it is not undone by another rounding.
constexpr double worth_blaming = 0.5;
/// Nats that an access gains at most by a closer look, and by being one of many.
constexpr double most_overlooked = 12;
/// So many lossy links, of which the last is an access, and others are looked for all at once.
constexpr std::size_t enough_accesses = 2;
/// Of more lossy links, the accesses are left as they were found.
constexpr std::size_t most_exchanged = 16;

std::size_t accesses_assumed(LossModel const& model) {
    return static_cast<std::size_t>(std::ranges::count_if(
        model.links(),
        [&](LossyLink const& lossy) { return model.table().is_access(lossy.link); }));
}

}  // namespace

bool LossSearch::is_one_of_many(LinkIndex link) const {
    return model_.table().is_access(link) && model_.links().size() > most_exchanged;
}

void LossSearch::accept(Addition best, std::vector<LinkIndex> const& suspected) {
    model_.assume(std::move(best.links));
    auto const newest = model_.links().back();
    if (!model_.table().is_access(newest.link))
        blame_accesses_behind(newest);
    else if (model_.links().size() >= enough_accesses)
        add_accesses(accesses_of(suspected));
}

bool LossSearch::blame_accesses(std::vector<LinkIndex> const& suspected) {
    if (add_accesses(accesses_of(suspected))) return true;
    return std::ranges::any_of(std::vector(model_.links()), [&](LossyLink const& lossy) {
        return !model_.table().is_access(lossy.link) && blame_accesses_behind(lossy);
    });
}

std::vector<ProbeIndex> LossSearch::accesses_of(std::vector<LinkIndex> const& links) const {
    std::vector<ProbeIndex> probes;
    std::ranges::copy_if(links, std::back_inserter(probes),
                         [&](LinkIndex link) { return model_.table().is_access(link); });
    return probes;
}

bool LossSearch::add_accesses(std::vector<ProbeIndex> const& probes) {
    auto const found = lossy_accesses(probes);
    if (found.size() < 2) return false;
    auto links = model_.links();
    std::ranges::copy(found, std::back_inserter(links));
    auto const first = model_.footprint(found.front().link);
    auto const others = accesses_assumed(model_) + found.size() - 1;
    auto const cheaper = model_.price(first) - model_.price(first, others);
    auto weight = model_.weigh_at(first, found.front().loss);
    weight.odds += cheaper;
    if (!weight.proves(odds_)) return false;
    model_.assume(std::move(links));
    return true;
}

std::vector<ProbeIndex> LossSearch::probes_in_doubt(LossyLink const& lossy) {
    auto const& table = model_.table();
    auto const footprint = model_.footprint(lossy.link);
    std::map<ProbeIndex, double> said;
    std::vector<Arrivals> scratch;
    for (auto const& place : footprint.beyond) {
        auto const value = [&](double loss) {
            auto const found = model_.accounts_at(place, loss, scratch);
            return std::max(found.full, found.reluctant);
        };
        said[table.cells()[place.cell].probe] += value(lossy.loss) - value(0);
    }
    // Of many probes one would say so by chance.
    double const enough = close_behind + std::log(static_cast<double>(said.size()));
    std::vector<ProbeIndex> probes;
    bool loses_nothing = false;
    for (auto const& [probe, gain] : said) {
        loses_nothing = loses_nothing || gain < -enough;
        if (gain > 0) probes.push_back(probe);
    }
    return loses_nothing ? probes : std::vector<ProbeIndex>();
}

bool LossSearch::blame_accesses_behind(LossyLink const& lossy) {
    if (model_.is_spent()) return false;
    auto const before = model_.links();
    auto const place = std::ranges::find(before, lossy.link, &LossyLink::link);
    assume_without(static_cast<std::size_t>(place - before.begin()));
    auto after = model_.links();
    std::ranges::copy(lossy_accesses(probes_in_doubt(lossy)), std::back_inserter(after));
    bool const better =
        after.size() > before.size() && advantage(model_, before, after) > worth_blaming;
    model_.assume(better ? std::move(after) : before);
    return better;
}

std::vector<LossyLink> LossSearch::lossy_accesses(std::vector<ProbeIndex> const& probes) {
    std::vector<Weight> weights;
    for (LinkIndex const access : probes) {
        if (model_.is_spent()) break;
        if (is_taken(access)) continue;
        auto const footprint = model_.footprint(access);
        if (model_.glance(footprint).odds + most_overlooked < 0) continue;
        weights.push_back(model_.weigh(footprint));
    }
    std::ranges::stable_sort(weights, std::ranges::greater{}, &Weight::odds);
    // No responder's counts are of two probes, so that what one of them loses changes nothing for
    // the others: only that each is named beside those before it.
    auto const room = LossModel::most_lossy_links - model_.links().size();
    auto const alone = static_cast<double>(accesses_assumed(model_) + 1);
    std::vector<LossyLink> found;
    for (auto const& weight : weights) {
        double const cheaper = std::log1p(static_cast<double>(found.size()) / alone);
        if (found.size() == room || weight.odds + cheaper <= 0) break;
        if (weight.of_arrivals <= -acquitted) continue;
        found.push_back({weight.link, weight.loss});
    }
    return found;
}

void LossSearch::weigh_accesses_again() {
    auto const all = model_.links();
    std::vector<LossyLink> kept;
    for (std::size_t number = 0; number < all.size(); ++number) {
        auto lossy = all[number];
        if (is_one_of_many(lossy.link)) {
            model_.change(number, 0);
            auto const weight = model_.weigh(model_.footprint(lossy.link));
            if (!weight.proves(0)) continue;  // the next ones are weighed without it
            lossy.loss = weight.loss;
            model_.change(number, lossy.loss);
        }
        kept.push_back(lossy);
    }
    model_.assume(std::move(kept));
}

}  // namespace dtrace::analysis
