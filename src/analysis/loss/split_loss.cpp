#include "loss/split_loss.hpp"

#include "loss/joint_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace dtrace::analysis {

namespace {

/// Parts of the loss, on the scale on which losses in a row add up, that the other link may take
/// to begin with.
constexpr double half = 0.5;
constexpr std::array<double, 3> shares{0.2, half, 0.8};
/// Beginnings that are adjusted.
constexpr std::size_t most_adjusted = 12;
/// Nats that one gains at most by that.
constexpr double most_gained = 20;
/// A link that loses less, beside the other, shares nothing with it.
constexpr double least_part = 0.15;

double share_of_loss(double loss, double share) {
    return -std::expm1(share * std::log1p(-loss));
}

/// A way to begin with.
struct Beginning {
    LossyLink kept;
    LossyLink other;
    double share = 0;       ///< of `shares`: the other link's
    double value = 0;       ///< nats over the one link alone
    double difference = 0;  ///< packets over the other link, less those over the kept one
};

/// Of the other link, and of the number that it loses: only the responders between the two links
/// have seen what the first one loses.
double price_of_split(std::size_t links, Beginning const& way, LossyLink const& kept,
                      LossyLink const& other) {
    double const between = std::max(std::abs(way.difference), 1.0);
    double const first = way.difference > 0 ? other.loss : kept.loss;
    return std::log(static_cast<double>(links) + 1) +
           price_of_precision(deviation_of(first, between), density_of_loss(first));
}

/// The best first. Leaves the hypothesis as it was.
std::vector<Beginning> beginnings(LossModel& model, std::size_t number,
                                  std::span<LinkIndex const> others) {
    auto const all = model.links();
    auto const& [link, loss] = all[number];
    model.assume(without(all, number));
    auto const footprint = model.footprint(link);
    double const alone = model.weigh_at(footprint, loss).odds;
    std::array<double, shares.size()> kept_value{};
    for (std::size_t i = 0; i < shares.size(); ++i)
        kept_value[i] = model.weigh_at(footprint, share_of_loss(loss, 1 - shares[i])).odds - alone;
    std::vector<Beginning> found;
    model.assume(all);
    for (auto const other : others) {
        auto const over = model.footprint(other);
        for (std::size_t i = 0; i < shares.size(); ++i) {
            LossyLink const kept{link, share_of_loss(loss, 1 - shares[i])};
            LossyLink const taken{other, share_of_loss(loss, shares[i])};
            model.change(number, kept.loss);
            double const value = model.weigh_at(over, taken.loss).odds + model.price(over);
            found.push_back({.kept = kept,
                             .other = taken,
                             .share = shares[i],
                             .value = kept_value[i] + value,
                             .difference = over.sent - footprint.sent});
        }
    }
    model.change(number, loss);
    std::ranges::stable_sort(found, std::ranges::greater{}, &Beginning::value);
    return found;
}

}  // namespace

Sharing ways_to_split(LossModel& model, std::size_t number, std::span<LinkIndex const> others) {
    auto const all = model.links();
    auto begun = beginnings(model, number, others);
    Sharing found;
    auto& ways = found.ways;
    for (auto const& way : begun)
        if (way.share == half) found.halved = std::max(found.halved, way.value);
    if (begun.size() > most_adjusted) begun.resize(most_adjusted);
    std::erase_if(begun, [](Beginning const& way) { return way.value + most_gained < 0; });
    for (auto const& way : begun) {
        auto links = all;
        links[number] = way.kept;
        links.push_back(way.other);
        auto before = all;
        before.push_back({way.other.link, 0});
        auto const numbers = sharing_witnesses(model.table(), links, way.kept.link);
        auto fit = fit_jointly(model, std::move(before), links, numbers);
        auto const& kept = fit.links[number];
        auto const& other = fit.links.back();
        auto const [less, more] = std::minmax(kept.loss, other.loss);
        if (less < least_part * more) continue;
        Split split{
            .kept = kept.link,
            .other = other.link,
            .gain = fit.gain - price_of_split(model.table().links().size(), way, kept, other),
            .total = 1 - (1 - kept.loss) * (1 - other.loss),
            .links = std::move(fit.links)};
        auto const known = std::ranges::find(ways, split.other, &Split::other);
        if (known == ways.end())
            ways.push_back(std::move(split));
        else if (known->gain < split.gain)
            *known = std::move(split);
    }
    model.assume(all);
    return found;
}

}  // namespace dtrace::analysis
