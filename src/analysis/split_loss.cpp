#include "split_loss.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace dtrace::analysis {

namespace {

/// Parts of the loss, on the scale on which losses in a row add up, that the other link may take.
constexpr std::array<double, 5> shares{0.15, 0.3, 0.5, 0.7, 0.85};

double share_of_loss(double loss, double share) {
    return -std::expm1(share * std::log1p(-loss));
}

}  // namespace

Split best_split(LossModel& model, std::size_t number, std::span<LinkIndex const> others) {
    auto const all = model.links();
    auto rest = all;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(number));
    model.assume(rest);
    auto const footprint = model.footprint(all[number].link);
    auto const alone = model.weigh(footprint);
    double const choices = std::log(static_cast<double>(model.table().links().size()) + 1);
    std::array<double, shares.size()> kept_odds{};
    for (std::size_t i = 0; i < shares.size(); ++i)
        kept_odds[i] = model.weigh_at(footprint, share_of_loss(alone.loss, 1 - shares[i])).odds;
    Split best;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        LossyLink const kept{all[number].link, share_of_loss(alone.loss, 1 - shares[i])};
        auto links = rest;
        links.push_back(kept);
        model.assume(std::move(links));
        for (auto const other : others) {
            LossyLink const taken{other, share_of_loss(alone.loss, shares[i])};
            auto const over = model.footprint(other);
            double const value = model.weigh_at(over, taken.loss).odds + model.price(over);
            // The responders between the two links have seen what the first one loses.
            double const between = std::max(std::abs(over.sent - footprint.sent), 1.0);
            double const first = over.sent > footprint.sent ? taken.loss : kept.loss;
            double const deviation = deviation_of(first, between);
            double const price = choices + price_of_precision(deviation, density_of_loss(first));
            double const gain = kept_odds[i] + value - price - alone.odds;
            if (gain > best.gain)
                best = {.kept = kept, .other = taken, .gain = gain, .deviation = deviation};
        }
    }
    model.assume(all);
    return best;
}

}  // namespace dtrace::analysis
