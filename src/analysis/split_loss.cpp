#include "split_loss.hpp"

#include "joint_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace dtrace::analysis {

namespace {

/// Parts of the loss, on the scale on which losses in a row add up, that the other link may take
/// to begin with.
constexpr std::array<double, 3> shares{0.2, 0.5, 0.8};
/// Beginnings that are adjusted.
constexpr std::size_t most_adjusted = 12;
/// A link that loses less, beside the other, shares nothing with it.
constexpr double least_part = 0.15;

double share_of_loss(double loss, double share) {
    return -std::expm1(share * std::log1p(-loss));
}

/// Of the other link, and of the number that it loses: only the responders between the two links
/// have seen what the first one loses.
double price_of_split(LossModel& model, LossyLink const& kept, LossyLink const& other) {
    auto const& table = model.table();
    double const over_kept = model.footprint(kept.link).sent;
    double const over_other = model.footprint(other.link).sent;
    double const between = std::max(std::abs(over_other - over_kept), 1.0);
    double const first = over_other > over_kept ? other.loss : kept.loss;
    return std::log(static_cast<double>(table.links().size()) + 1) +
           price_of_precision(deviation_of(first, between), density_of_loss(first));
}

}  // namespace

std::vector<Split> ways_to_split(LossModel& model, std::size_t number,
                                 std::span<LinkIndex const> others) {
    auto const all = model.links();
    auto const rest = without(all, number);
    auto const link = all[number].link;
    model.assume(rest);
    auto const footprint = model.footprint(link);
    double const alone = model.weigh_at(footprint, all[number].loss).odds;
    std::vector<Split> begun;
    for (double const share : shares) {
        LossyLink const kept{link, share_of_loss(all[number].loss, 1 - share)};
        double const part = share_of_loss(all[number].loss, share);
        model.assume(rest);
        double const kept_odds = model.weigh_at(footprint, kept.loss).odds;
        auto links = all;
        links[number] = kept;
        model.assume(links);
        for (auto const other : others) {
            auto const over = model.footprint(other);
            double const value = model.weigh_at(over, part).odds + model.price(over);
            links.push_back({other, part});
            begun.push_back({link, other, kept_odds + value - alone, 0, links});
            links.pop_back();
        }
    }
    std::ranges::stable_sort(begun, std::ranges::greater{}, &Split::gain);
    if (begun.size() > most_adjusted) begun.resize(most_adjusted);
    std::vector<Split> ways;
    for (auto& way : begun) {
        auto numbers = sharing_routes(model.table(), way.links, link);
        auto fit = fit_jointly(model, std::move(way.links), numbers);
        auto const& kept = fit.links[number];
        auto const& other = fit.links.back();
        if (std::min(kept.loss, other.loss) < least_part * std::max(kept.loss, other.loss))
            continue;
        way.links = fit.links;
        way.gain += fit.gain - price_of_split(model, kept, other);
        way.total = 1 - (1 - kept.loss) * (1 - other.loss);
        auto const known = std::ranges::find(ways, way.other, &Split::other);
        if (known == ways.end())
            ways.push_back(std::move(way));
        else if (known->gain < way.gain)
            *known = std::move(way);
    }
    model.assume(all);
    return ways;
}

}  // namespace dtrace::analysis
