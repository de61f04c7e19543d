#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>

namespace dtrace::analysis {

/// A share between 0 and 1, and where it lies with 95 % confidence.
struct Interval {
    double estimate = 0;
    double low = 0;
    double high = 1;

    friend bool operator==(Interval const&, Interval const&) = default;
};
BOOST_DESCRIBE_STRUCT(Interval, (), (estimate, low, high))

/// Standard normal quantile of two-sided 95 %.
inline constexpr double z_two_sided_95 = 1.959963984540054;

/// Wilson's score interval of a binomial share, `hits` of `trials`; `z` standard deviations wide.
/// No trials: anything from 0 to 1. Counts may be fractions (discounted for dispersion).
[[nodiscard]] Interval wilson(double hits, double trials, double z = z_two_sided_95);

/// The largest share that would show no hit in `trials` with probability `error`: 1 − error^(1/n),
/// which is the rule of three, 3/n, for 5 % and large n. No trials: 1.
[[nodiscard]] double rule_of_three(double trials, double error = 0.05);

/// The one-sided upper limit of a share after `hits` of `trials`, wrong with probability `error`:
/// rule_of_three without hits, Wilson's with half a hit more otherwise.
[[nodiscard]] double upper_limit(double hits, double trials, double error = 0.05);

/// The standard normal quantile that is exceeded with probability `tail`, 0 < tail < 0.5.
[[nodiscard]] double normal_quantile(double tail);

/// ln of the binomial likelihood of `hits` in `trials` at `share`, without its constant; −infinity
/// where the share makes the counts impossible.
[[nodiscard]] double log_likelihood(double hits, double trials, double share);

/// Probability that a chi-squared variable with one degree of freedom exceeds `x`.
[[nodiscard]] double chi_squared_tail(double x);

}  // namespace dtrace::analysis
