// All that lies beyond a link answers the same share of packets: lost on the link, or left
// unanswered as often by each of them, by chance? docs/analysis.md, "Coincidence".

#include "loss/loss_model.hpp"

#include <algorithm>
#include <cmath>

namespace dtrace::analysis {

namespace {

/// Shares of answers of reluctant responders lie anywhere between this and 1.
constexpr double least_share = 0.2;

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
        if (place.compared || !cell.random) return excluded;
        std::vector<Arrivals> groups;
        double sent = 0;
        for (auto const& part : place.parts) {
            groups.push_back({part.sent, part.answered, passing_[part.mask]});
            sent += part.sent / cell.dispersion;
        }
        auto const without = accounts_of(groups, {.dispersion = cell.dispersion});
        if (without.manner == Manner::uneven) return excluded;
        double const share = best_share(groups);
        if (share < least_share || share >= 1 || sent <= 0) return excluded;
        double const by_chance =
            likelihood_at(groups, share) / cell.dispersion -
            price_of_precision(deviation_of(share, sent), 1 / (1 - least_share)) +
            std::log((reluctant + 0.5) / (all + 1));
        for (auto& group : groups)
            group.passing *= 1 - loss;
        double const by_loss = likelihood_at(groups, 1) / cell.dispersion;
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
