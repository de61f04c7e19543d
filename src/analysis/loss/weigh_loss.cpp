#include "loss/golden_section.hpp"
#include "loss/loss_model.hpp"

#include <dtrace/analysis/interval.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace dtrace::analysis {

namespace {

/// ln of how much rarer a lossy link is than a reluctant responder, beside the number of links.
constexpr double rarity = 2;
constexpr double dearest_loss = 6;
/// A responder that is reluctant to several probes is no surprise to the second one.
constexpr double reluctant_again = 1;
/// Prices of a reluctant responder where one in ten, half, nine in ten are.
constexpr std::array<double, 3> reluctances{2.2, 0.0, -2.2};
constexpr std::size_t most_guesses = 12;

struct Choice {
    double full;
    double reluctant;
    bool first_of_vertex;
    Beyond const* place;
};

/// The best account of all responders together.
double best_total(std::vector<Choice> const& choices, Footprint const& footprint,
                  double* chosen_reluctance) {
    double all = footprint.others;
    for (auto const& choice : choices)
        all += choice.first_of_vertex ? 1 : 0;
    double best = -1e300;
    for (double const reluctance : reluctances) {
        double total = 0;
        double reluctant = footprint.others_reluctant;
        bool counted = false;  // this vertex is reluctant already
        for (auto const& choice : choices) {
            if (choice.first_of_vertex) counted = false;
            double const price = counted ? reluctant_again : reluctance;
            if (choice.full >= choice.reluctant - price) {
                total += choice.full;
                continue;
            }
            total += choice.reluctant - (counted ? reluctant_again : 0);
            reluctant += counted ? 0 : 1;
            counted = true;
        }
        total += reluctance_prior(reluctant, all);
        if (total <= best) continue;
        best = total;
        *chosen_reluctance = reluctance;
    }
    return best;
}

}  // namespace

Accounts LossModel::accounts_at(Beyond const& place, double loss,
                                std::vector<Arrivals>& scratch) const {
    scratch.clear();
    work_ += place.parts.size();
    for (auto const& part : place.parts)
        scratch.push_back(
            {part.sent, part.answered, passing_[part.mask] * (part.crossing ? 1 - loss : 1)});
    return accounts_of(scratch, terms(place.cell));
}

LossModel::Sum LossModel::sum_at(Footprint const& footprint, double loss) const {
    std::vector<Choice> choices;
    choices.reserve(footprint.beyond.size());
    std::vector<Arrivals> scratch;
    VertexIndex last_vertex = 0xFFFF'FFFF;
    Sum sum;
    for (auto const& place : footprint.beyond) {
        auto const found = accounts_at(place, loss, scratch);
        auto const& cell = table_.cells()[place.cell];
        if (cell.counted) {
            sum.of_arrivals += found.full;
            sum.of_targets += found.full;
            if (place.compared) sum.contrast += found.full;
            continue;
        }
        choices.push_back({found.full, found.reluctant, cell.vertex != last_vertex, &place});
        last_vertex = cell.vertex;
    }
    double reluctance = 0;
    sum.value = best_total(choices, footprint, &reluctance) + sum.of_arrivals;
    for (auto const& choice : choices) {
        auto const& place = *choice.place;
        // Where nearly all are reluctant, that is no reason to take one for it that answers in
        // full.
        bool const full = choice.full >= choice.reluctant - std::max(reluctance, 0.0);
        double const value = std::max(choice.full, choice.reluctant);
        if (place.target && full) sum.target_is_full = true;
        if (place.target) sum.of_targets += value;
        if (place.compared) sum.contrast += value;
        if (place.compared && !place.target) sum.of_routers += value;
    }
    return sum;
}

double LossModel::price_of_link(std::size_t others) const {
    auto const choices = static_cast<double>(table_.links().size() + 1);
    return std::log(choices / static_cast<double>(others + 1)) + rarity;
}

double LossModel::price(Footprint const& footprint, std::size_t others) const {
    return price_of_link(others) + std::min(0.5 * std::log(footprint.sent + 1), dearest_loss);
}

std::size_t LossModel::others_of_kind(LinkIndex link) const {
    bool const access = table_.is_access(link);
    auto const others = std::ranges::count_if(links_, [&](LossyLink const& lossy) {
        return lossy.link != link && table_.is_access(lossy.link) == access;
    });
    return static_cast<std::size_t>(others);
}

double LossModel::price(Footprint const& footprint) const {
    return price(footprint, others_of_kind(footprint.link));
}

Weight LossModel::weigh_at(Footprint const& footprint, double loss) const {
    return weigh_over(sum_at(footprint, 0), footprint, loss);
}

Weight LossModel::weigh_over(Sum const& without, Footprint const& footprint, double loss) const {
    auto const with = sum_at(footprint, loss);
    // Who counts is a target that answers in full, if what it counted speaks of the loss at all.
    double const told = with.of_arrivals - without.of_arrivals;
    bool const target_tells = with.target_is_full || told >= accused_by_arrivals;
    return {.link = footprint.link,
            .loss = loss,
            .odds = with.value - without.value - price(footprint),
            .contrast = with.contrast - without.contrast,
            .of_routers = with.of_routers - without.of_routers,
            .of_arrivals = told,
            .target_testifies = target_tells && with.of_targets > without.of_targets - acquitted};
}

std::vector<double> LossModel::guesses(Footprint const& footprint) const {
    std::vector<double> losses;
    for (auto const& place : footprint.beyond) {
        Arrivals over;
        Arrivals around;
        for (auto const& part : place.parts) {
            Arrivals& sum = part.crossing ? over : around;
            sum.sent += part.sent * passing_[part.mask];
            sum.answered += part.answered;
        }
        if (over.sent <= 0) continue;
        double const share = over.answered / over.sent;
        losses.push_back(1 - share);
        if (around.answered > 0) losses.push_back(1 - share * around.sent / around.answered);
    }
    std::erase_if(losses, [](double loss) { return loss < least_loss; });
    std::ranges::sort(losses);
    if (losses.size() <= most_guesses) return losses;
    std::vector<double> spread;
    for (std::size_t i = 0; i < most_guesses; ++i)
        spread.push_back(losses[i * (losses.size() - 1) / (most_guesses - 1)]);
    return spread;
}

Weight LossModel::glance(Footprint const& footprint) const {
    auto const losses = guesses(footprint);
    Weight best{.link = footprint.link, .odds = -price(footprint)};
    if (losses.empty()) return best;
    auto const without = sum_at(footprint, 0);
    for (std::size_t const at : {losses.size() / 4, losses.size() / 2, losses.size() * 3 / 4}) {
        auto const weight = weigh_over(without, footprint, std::min(losses[at], most_loss));
        if (weight.odds > best.odds) best = weight;
    }
    return best;
}

double LossModel::refine(Footprint const& footprint, double guess) const {
    double const low = std::log(std::max(guess / 2, least_loss));
    double const high = std::log(std::min(guess * 2, most_loss));
    auto const value = [&](double at) { return sum_at(footprint, std::exp(at)).value; };
    return std::exp(golden_section(low, high, 18, value));
}

Weight LossModel::weigh(Footprint const& footprint) const {
    double best = 0;
    double best_value = -1e300;
    for (double const guess : guesses(footprint)) {
        double const loss = std::min(guess, most_loss);
        double const value = sum_at(footprint, loss).value;
        if (value <= best_value) continue;
        best_value = value;
        best = loss;
    }
    if (best == 0) return {.link = footprint.link, .odds = -price(footprint)};
    auto const without = sum_at(footprint, 0);
    auto weight = weigh_over(without, footprint, refine(footprint, best));
    if (weight.odds + price(footprint) + without.value < best_value)
        weight = weigh_over(without, footprint, best);
    weight.odds = std::max(weight.odds, coincidence(footprint, weight.loss));
    return weight;
}

Interval LossModel::interval(Footprint const& footprint, double loss) const {
    double const floor = sum_at(footprint, loss).value - interval_drop;
    auto const edge = [&](double inside, double outside) {
        if (sum_at(footprint, outside).value >= floor) return outside;
        for (int step = 0; step < 24; ++step) {
            double const middle = (inside + outside) / 2;
            (sum_at(footprint, middle).value >= floor ? inside : outside) = middle;
        }
        return (inside + outside) / 2;
    };
    double const high = edge(loss, most_loss);
    return {.estimate = loss, .low = edge(loss, 0), .high = high >= most_loss ? 1 : high};
}

Interval LossModel::interval_of_arrivals(Footprint const& footprint) const {
    double arriving = 0;
    double arrived = 0;
    for (auto const& place : footprint.beyond) {
        auto const& cell = table_.cells()[place.cell];
        if (!cell.counted) continue;
        for (auto const& part : place.parts) {
            if (!part.crossing) continue;
            arriving += part.sent * passing(part) / cell.dispersion;
            arrived += part.answered / cell.dispersion;
        }
    }
    return wilson(std::max(0.0, arriving - arrived), arriving);
}

}  // namespace dtrace::analysis
