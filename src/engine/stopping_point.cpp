#include <dtrace/engine/stopping_point.hpp>

#include <cmath>

namespace dtrace::engine {

namespace {

/// That n draws leave one of k unseen, by inclusion and exclusion. Exact enough where the result is
/// below 1/2: each term is then smaller than the one before.
double miss_probability(unsigned k, unsigned n) {
    double sum = 0;
    double choose = 1;
    for (unsigned j = 1; j < k; ++j) {
        choose *= static_cast<double>(k - j + 1) / j;
        double const term = choose * std::pow(1 - static_cast<double>(j) / k, n);
        sum += j % 2 == 1 ? term : -term;
        if (term < 1e-12) break;
    }
    return sum;
}

}  // namespace

unsigned stopping_point(unsigned next_hops, double error) {
    if (next_hops < 2) return 1;
    double const k = next_hops;
    // The union bound is never too small, and too large by little.
    auto n = static_cast<unsigned>(std::ceil(std::log(error / k) / std::log1p(-1 / k)));
    while (n > 1 && miss_probability(next_hops, n - 1) <= error)
        --n;
    return n;
}

unsigned repetitions(unsigned next_hops, double error) {
    if (next_hops < 2) return 0;
    return static_cast<unsigned>(std::ceil(std::log(1 / error) / std::log(next_hops)));
}

}  // namespace dtrace::engine
