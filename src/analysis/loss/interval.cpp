#include <dtrace/analysis/interval.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace dtrace::analysis {

Interval wilson(double hits, double trials, double z) {
    if (trials <= 0) return {};
    double const share = hits / trials;
    double const weight = 1 + z * z / trials;
    double const centre = (share + z * z / (2 * trials)) / weight;
    double const half =
        z * std::sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / weight;
    // At the ends rounding must not leave what is exactly 0 or 1.
    return {.estimate = share,
            .low = hits <= 0 ? 0 : std::max(0.0, centre - half),
            .high = hits >= trials ? 1 : std::min(1.0, centre + half)};
}

double rule_of_three(double trials, double error) {
    return trials <= 0 ? 1 : 1 - std::pow(error, 1 / trials);
}

double normal_quantile(double tail) {
    double low = 0;
    double high = 10;
    while (high - low > 1e-10) {
        double const middle = (low + high) / 2;
        (std::erfc(middle / std::sqrt(2.0)) / 2 > tail ? low : high) = middle;
    }
    return (low + high) / 2;
}

double upper_limit(double hits, double trials, double error) {
    if (hits <= 0) return rule_of_three(trials, error);
    // Half a hit more makes up for counts being whole numbers: never below the exact limit.
    return wilson(std::min(hits + 0.5, trials), trials, normal_quantile(error)).high;
}

double log_likelihood(double hits, double trials, double share) {
    constexpr double never = -std::numeric_limits<double>::infinity();
    double const misses = trials - hits;
    double result = 0;
    if (hits > 0) result += share > 0 ? hits * std::log(share) : never;
    if (misses > 0) result += share < 1 ? misses * std::log1p(-share) : never;
    return result;
}

double chi_squared_tail(double x) {
    return x <= 0 ? 1 : std::erfc(std::sqrt(x / 2));
}

}  // namespace dtrace::analysis
