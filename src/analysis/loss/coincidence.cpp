// All that lies beyond a link answers the same share of packets: lost on the link, or left
// unanswered as often by each of them, by chance? docs/analysis.md, "Coincidence".

#include "loss/loss_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dtrace::analysis {

namespace {

/// Shares of answers of reluctant responders lie anywhere between this and 1.
constexpr double least_share = 0.2;

/// ln likelihood of full answers behind a link that loses so much.
double value_with(std::vector<Arrivals> groups, double loss) {
    for (auto& group : groups)
        group.passing *= 1 - loss;
    return likelihood_at(groups, 1);
}

}  // namespace

double LossModel::coincidence(Footprint const& footprint, double loss) const {
    constexpr double excluded = -1e300;
    double reluctant = footprint.others_reluctant;
    double all = footprint.others;
    // Those before the link speak against a loss that begins before it, if they answer in full.
    if (2 * reluctant > all) return excluded;
    double odds = 0;
    double arriving = 0;
    bool target = false;
    for (auto const& place : footprint.beyond) {
        auto const& cell = table_.cells()[place.cell];
        if (place.compared || (!cell.random && !cell.counted)) return excluded;
        std::vector<Arrivals> groups;
        double sent = 0;
        for (auto const& part : place.parts) {
            groups.push_back({part.sent, part.answered, passing_[part.mask]});
            sent += part.sent / cell.dispersion;
        }
        auto const without = accounts_of(groups, terms(place.cell));
        if (cell.counted) {
            odds += value_with(groups, loss) / cell.dispersion - without.full;
            arriving += sent;
            target = true;
            continue;
        }
        if (without.manner == Manner::uneven) return excluded;
        double const share = best_share(groups);
        if (share < least_share || share >= 1 || sent <= 0) return excluded;
        double const by_chance =
            likelihood_at(groups, share) / cell.dispersion -
            price_of_precision(deviation_of(share, sent), 1 / (1 - least_share)) +
            std::log((reluctant + 0.5) / (all + 1));
        double const by_loss = value_with(std::move(groups), loss) / cell.dispersion;
        odds += by_loss - std::max(by_chance, without.full);
        reluctant += 1;
        all += 1;
        arriving += sent;
        target = target || place.target;
    }
    if (!target || footprint.beyond.size() < 2) return excluded;
    return odds - price_of_link(others_of_kind(footprint.link)) -
           price_of_precision(deviation_of(loss, arriving), density_of_loss(loss));
}

}  // namespace dtrace::analysis
