#include "loss/responder_model.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dtrace::analysis {

namespace {

/// The price of a number ends there because
/// neighbours may share their share of answers: routers of one kind have one limit.
constexpr double cheapest_number = 1;
constexpr double dearest_number = 3.5;

/// Price of believing that a responder that answers some flows in full is reluctant towards others.
constexpr double favouring = 12;

/// Counts never fit a probability of exactly 0 or 1 forever: one packet in ten thousand is allowed
/// for what no model has.
constexpr double certainty = 1e-4;

constexpr double least_usual_loss = 1e-4;
constexpr double impossible = -1e300;

double likelihood_of(Arrivals const& group, double probability) {
    double const share = std::clamp(probability, certainty * 0.01, 1 - certainty);
    double const missing = group.sent - group.answered;
    return group.answered * std::log(share) + (missing > 0 ? missing * std::log(1 - share) : 0);
}

/// Groups that full answers do not explain have a share of their own; or all have.
double uneven_account(std::span<Arrivals const> groups, ResponderTerms const& terms) {
    double over_full = 0;
    double all_own = 0;
    double shortest = 1e300;  // nats by which the best group misses full answers
    for (auto const& group : groups) {
        if (group.sent <= 0) continue;
        double const expected = group.passing;
        double const full = likelihood_of(group, expected) / terms.dispersion;
        double const own = likelihood_of(group, std::min(group.answered / group.sent, expected)) /
                           terms.dispersion;
        double const price = price_of_number(group.sent / terms.dispersion);
        shortest = std::min(shortest, own - full);
        over_full += std::max(full, own - price - favouring);
        all_own += own - price;
    }
    return std::max(over_full, shortest < 2 ? all_own - favouring : all_own);
}

}  // namespace

double likelihood_at(std::span<Arrivals const> groups, double share) {
    double sum = 0;
    for (auto const& group : groups)
        if (group.sent > 0) sum += likelihood_of(group, share * group.passing);
    return sum;
}

double best_share(std::span<Arrivals const> groups) {
    double answered = 0;
    double reached = 0;
    bool even = true;
    double const first = groups.empty() ? 1 : groups.front().passing;
    for (auto const& group : groups) {
        answered += group.answered;
        reached += group.sent * group.passing;
        even = even && group.passing == first;
    }
    if (reached <= 0) return 1;
    double const simple = std::min(answered / reached, 1.0);
    if (even || answered == 0) return simple;
    // The derivative of the likelihood falls from plus to minus: Newton's steps to its zero, or
    // half of what is left where one would leave it.
    double low = 0;
    double high = 1;
    double share = simple;
    for (int step = 0; step < 26 && high - low > 1e-7; ++step) {
        double slope = answered / share;
        double bend = answered / (share * share);
        for (auto const& group : groups) {
            double const per_loss = group.passing / std::max(1 - share * group.passing, certainty);
            slope -= (group.sent - group.answered) * per_loss;
            bend += (group.sent - group.answered) * per_loss * per_loss;
        }
        (slope > 0 ? low : high) = share;
        double const next = share + slope / bend;
        if (std::abs(next - share) < 1e-7) break;
        share = low < next && next < high ? next : (low + high) / 2;
    }
    return share;
}

Accounts accounts_of(std::span<Arrivals const> groups, ResponderTerms const& terms) {
    Accounts found{.full = likelihood_at(groups, 1) / terms.dispersion};
    if (terms.counted) {
        found.reluctant = impossible;
        return found;
    }
    double sent = 0;
    double lost = 0;
    for (auto const& group : groups) {
        sent += group.sent;
        lost += group.sent - group.answered;
    }
    double const price = price_of_number(sent / terms.dispersion);
    found.reluctant = found.full - price;
    if (lost <= 0) return found;  // nothing explains counts without a loss better
    found.reluctant = likelihood_at(groups, best_share(groups)) / terms.dispersion - price;
    if (groups.size() < 2) return found;
    double const uneven = uneven_account(groups, terms);
    if (uneven > found.reluctant) {
        found.reluctant = uneven;
        found.manner = Manner::uneven;
    }
    return found;
}

double price_of_number(double packets) {
    return std::clamp(0.5 * std::log(std::max(packets, 1.0)), cheapest_number, dearest_number);
}

double price_of_precision(double deviation, double density) {
    return -std::log(std::min(1.0, density * deviation * std::sqrt(2 * std::numbers::pi)));
}

double deviation_of(double share, double packets) {
    return std::sqrt(share * (1 - share) / packets);
}

double density_of_loss(double loss) {
    return 1 / (std::max(loss, least_usual_loss) * -std::log(least_usual_loss));
}

double reluctance_prior(double reluctant, double all) {
    if (all <= 0) return 0;
    double const share = std::clamp(reluctant / all, 0.1, 0.9);
    return reluctant * std::log(share) + (all - reluctant) * std::log(1 - share);
}

}  // namespace dtrace::analysis
