// What the stopping rule misses, reckoned exactly. docs/probing.md tells these figures.

#include <dtrace/engine/stopping_point.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <utility>
#include <vector>

using namespace dtrace;

namespace {

/// With which probability the search behind one balancer of so many equally likely ways ends with k
/// of them found, for each k. A chain: a flow shows a new way or a known one, and the search ends
/// once one way more than are known can be excluded.
std::vector<double> search_outcomes(unsigned ways, double error) {
    std::vector<double> ended(ways + 1);
    std::vector<double> searching(ways + 1);
    searching[1] = 1;
    unsigned const enough = engine::stopping_point(ways + 1, error);
    for (unsigned flows = 1; flows <= enough; ++flows) {
        for (unsigned k = 1; k <= ways; ++k)
            if (flows >= engine::stopping_point(k + 1, error))
                ended[k] += std::exchange(searching[k], 0);
        for (unsigned k = ways; k > 0; --k) {
            double const known = static_cast<double>(k) / ways;
            if (k < ways) searching[k + 1] += searching[k] * (1 - known);
            searching[k] *= known;
        }
    }
    return ended;
}

double share_missed(unsigned ways, double error) {
    return 1 - search_outcomes(ways, error)[ways];
}

/// How many of the ways one search finds.
std::size_t ways_found_by_draw(unsigned ways, double error, std::mt19937_64& random) {
    std::set<std::uint64_t> found{random() % ways};
    for (unsigned flows = 1;
         flows < engine::stopping_point(static_cast<unsigned>(found.size()) + 1, error); ++flows)
        found.insert(random() % ways);
    return found.size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stopping_points)

BOOST_AUTO_TEST_CASE(a_search_ends_with_some_number_of_ways) {
    for (unsigned ways = 2; ways <= 64; ++ways) {
        double sum = 0;
        for (double const share : search_outcomes(ways, 0.05))
            sum += share;
        BOOST_TEST(std::abs(sum - 1) < 1e-9, ways);
    }
}

BOOST_AUTO_TEST_CASE(one_of_two_ways_is_missed_as_often_as_six_coins_fall_alike) {
    BOOST_TEST(std::abs(share_missed(2, 0.05) - 2 * std::pow(0.5, 6)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(searches_by_draw_end_as_was_reckoned) {
    constexpr unsigned searches = 20'000;
    std::mt19937_64 random(1);
    for (unsigned const ways : {4U, 9U, 16U}) {
        unsigned incomplete = 0;
        for (unsigned i = 0; i < searches; ++i)
            incomplete += ways_found_by_draw(ways, 0.05, random) < ways ? 1 : 0;
        double const share = share_missed(ways, 0.05);
        double const deviation = std::sqrt(share * (1 - share) / searches);
        BOOST_TEST(std::abs(double(incomplete) / searches - share) < 3 * deviation, ways);
    }
}

BOOST_AUTO_TEST_CASE(the_rule_misses_what_the_page_says) {
    auto const is = [](double share, double percent) {
        return std::abs(100 * share - percent) < 0.005;
    };
    BOOST_TEST(is(share_missed(4, 0.05), 4.24));
    BOOST_TEST(is(share_missed(5, 0.05), 4.76));
    BOOST_TEST(is(share_missed(16, 0.05), 4.75));
    BOOST_TEST(is(search_outcomes(16, 0.05)[15], 4.57));

    std::vector<unsigned> above;
    std::vector<double> sure;
    for (unsigned ways = 2; ways <= 64; ++ways) {
        if (share_missed(ways, 0.05) > 0.05) above.push_back(ways);
        sure.push_back(share_missed(ways, 0.01));
        BOOST_TEST(share_missed(ways, 0.05) <= share_missed(9, 0.05), ways);
    }
    BOOST_TEST((above == std::vector<unsigned>{8, 9, 26, 44, 49}));
    BOOST_TEST(is(share_missed(9, 0.05), 5.06));
    BOOST_TEST(std::ranges::max(sure) < 0.01);
}

BOOST_AUTO_TEST_SUITE_END()
