#include "watch/loss_span.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

using namespace dtrace;
using namespace dtrace::master;

BOOST_AUTO_TEST_SUITE(loss_span)

namespace {

Timestamp const start(seconds(1'790'000'000));

/// Rounds of 60 packets, 5 s apart, that lose such a share.
struct Course {
    std::mt19937 random;
    std::vector<CrossingCounts> rounds{};

    explicit Course(unsigned seed) : random(seed) {}

    Course& then(int count, double loss) {
        std::binomial_distribution<std::uint64_t> answered(60, 1 - loss);
        for (int i = 0; i < count; ++i)
            rounds.push_back({.at = start + seconds(5) * static_cast<int>(rounds.size()),
                              .sent = 60,
                              .answered = answered(random)});
        return *this;
    }
    [[nodiscard]] LossSpan span() const { return find_loss_span(rounds); }
};

bool is_about(std::optional<Timestamp> found, Timestamp expected) {
    return found && std::chrono::abs(*found - expected) <= seconds(10);
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_has_no_span) {
    BOOST_TEST(!find_loss_span({}).began.has_value());
    auto const one = find_loss_span({{.at = start, .sent = 3, .answered = 2}});
    BOOST_TEST(!one.began.has_value());
    BOOST_TEST(!one.ended.has_value());
}

BOOST_AUTO_TEST_CASE(steady_loss_has_no_beginning) {
    int began = 0;
    for (unsigned seed = 0; seed < 100; ++seed)
        if (Course(seed).then(120, 0.1).span().began) ++began;
    BOOST_TEST(began <= 2);
}

BOOST_AUTO_TEST_CASE(a_beginning_and_an_end_are_found_within_two_rounds) {
    for (unsigned seed = 0; seed < 20; ++seed) {
        auto const span = Course(seed).then(60, 0).then(30, 0.2).then(30, 0).span();
        BOOST_TEST(is_about(span.began, start + seconds(300)), seed);
        BOOST_TEST(is_about(span.ended, start + seconds(450)), seed);
        BOOST_TEST(span.sent_since >= 28U * 60U);
        BOOST_TEST(span.lost_since <= 20U);
    }
}

BOOST_AUTO_TEST_CASE(of_several_times_the_last_is_told) {
    for (unsigned seed = 0; seed < 20; ++seed) {
        Course course(seed);
        auto const again = course.then(20, 0).then(18, 0.2).then(42, 0).then(10, 0.2).span();
        BOOST_TEST(is_about(again.began, start + seconds(400)), seed);
        BOOST_TEST(!again.ended.has_value(), seed);
        auto const over = course.then(20, 0).span();
        BOOST_TEST(is_about(over.began, start + seconds(400)), seed);
        BOOST_TEST(is_about(over.ended, start + seconds(450)), seed);
        BOOST_TEST(over.lost_since <= 20U);
    }
}

BOOST_AUTO_TEST_CASE(a_rise_is_a_beginning_too) {
    for (unsigned seed = 0; seed < 20; ++seed) {
        auto const span = Course(seed).then(90, 0.05).then(30, 0.3).span();
        BOOST_TEST(is_about(span.began, start + seconds(450)), seed);
        BOOST_TEST(!span.ended.has_value(), seed);
    }
}

BOOST_AUTO_TEST_CASE(a_fall_is_an_end_and_says_what_is_left) {
    auto const span = Course(3).then(90, 0.3).then(30, 0.05).span();
    BOOST_TEST(!span.began.has_value());
    BOOST_TEST(is_about(span.ended, start + seconds(450)));
    BOOST_TEST(span.lost_since > 40U);
    BOOST_TEST(span.lost_since < 160U);
}

BOOST_AUTO_TEST_SUITE_END()
