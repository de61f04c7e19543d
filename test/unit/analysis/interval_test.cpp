#include <dtrace/analysis/interval.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace dtrace::analysis;

BOOST_AUTO_TEST_SUITE(interval)

BOOST_AUTO_TEST_CASE(wilson_has_the_values_of_the_formula) {
    struct Case {
        double hits, trials, low, high;
    };
    // Worked out by hand from the formula, to four digits.
    for (auto const& [hits, trials, low, high] :
         {Case{0, 10, 0, 0.2775}, Case{0, 22, 0, 0.1487}, Case{0, 100, 0, 0.0370},
          Case{1, 22, 0.0081, 0.2180}, Case{5, 100, 0.0215, 0.1118},
          Case{3, 300, 0.0034, 0.0290}}) {
        auto const found = wilson(hits, trials);
        BOOST_TEST(found.estimate == hits / trials);
        BOOST_TEST(std::abs(found.low - low) < 0.00006,
                   hits << " of " << trials << ": " << found.low);
        BOOST_TEST(std::abs(found.high - high) < 0.00006,
                   hits << " of " << trials << ": " << found.high);
    }
}

BOOST_AUTO_TEST_CASE(wilson_is_symmetric_and_stays_within_0_and_1) {
    auto const few = wilson(2, 50);
    auto const many = wilson(48, 50);
    BOOST_TEST(std::abs(few.low - (1 - many.high)) < 1e-12);
    BOOST_TEST(std::abs(few.high - (1 - many.low)) < 1e-12);
    BOOST_TEST(wilson(0, 50).low == 0);
    BOOST_TEST(wilson(50, 50).high == 1);
    BOOST_TEST((wilson(0, 0) == Interval{0, 0, 1}));
}

BOOST_AUTO_TEST_CASE(rule_of_three_is_the_exact_limit_without_hits) {
    BOOST_TEST(std::abs(rule_of_three(100) - 0.02951) < 0.00001);
    BOOST_TEST(std::abs(rule_of_three(2995) - 0.001) < 0.000001);
    BOOST_TEST(rule_of_three(0) == 1);
}

BOOST_AUTO_TEST_CASE(upper_limit_is_never_below_the_exact_one) {
    // Clopper and Pearson's one-sided 95 % limits for 1, 2, 5 and 10 of 100.
    BOOST_TEST(upper_limit(1, 100) > 0.0466);
    BOOST_TEST(upper_limit(2, 100) > 0.0616);
    BOOST_TEST(upper_limit(5, 100) > 0.1022);
    BOOST_TEST(upper_limit(10, 100) > 0.1637);
    BOOST_TEST(upper_limit(10, 100) < 0.175);
    BOOST_TEST(upper_limit(0, 100) == rule_of_three(100));
    BOOST_TEST(upper_limit(100, 100) == 1);
}

BOOST_AUTO_TEST_CASE(normal_quantile_has_the_values_of_the_tables) {
    BOOST_TEST(std::abs(normal_quantile(0.05) - 1.644854) < 1e-6);
    BOOST_TEST(std::abs(normal_quantile(0.025) - z_two_sided_95) < 1e-6);
    BOOST_TEST(std::abs(normal_quantile(0.01) - 2.326348) < 1e-6);
}

BOOST_AUTO_TEST_CASE(log_likelihood_is_highest_at_the_observed_share) {
    BOOST_TEST(std::abs(log_likelihood(3, 4, 0.5) - 4 * std::log(0.5)) < 1e-12);
    BOOST_TEST(log_likelihood(3, 4, 0.75) > log_likelihood(3, 4, 0.7));
    BOOST_TEST(log_likelihood(3, 4, 0.75) > log_likelihood(3, 4, 0.8));
    BOOST_TEST(log_likelihood(4, 4, 1) == 0);
    BOOST_TEST(std::isinf(log_likelihood(3, 4, 1)));
}

BOOST_AUTO_TEST_CASE(chi_squared_tail_has_the_values_of_the_tables) {
    BOOST_TEST(std::abs(chi_squared_tail(3.841459) - 0.05) < 1e-6);
    BOOST_TEST(std::abs(chi_squared_tail(6.634897) - 0.01) < 1e-6);
    BOOST_TEST(chi_squared_tail(0) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
