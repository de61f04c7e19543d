#include "kernel_clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::wire;

namespace {

using namespace std::chrono_literals;

TimePoint steady(Duration since_start) {
    return TimePoint(since_start);
}

KernelClock::WallTime wall(Duration since_start) {
    return KernelClock::WallTime(1'800'000'000s + since_start);
}

bool same(TimePoint left, TimePoint right) {
    return left == right;
}

/// Both clocks read at the same moment.
void sample(KernelClock& clock, Duration steady_time, Duration wall_time) {
    clock.sample(steady(steady_time), wall(wall_time), steady(steady_time));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kernel_clock)

BOOST_AUTO_TEST_CASE(takes_the_offset_away) {
    KernelClock clock;
    sample(clock, 10s, 10s);
    BOOST_TEST(same(clock.steady(wall(9s + 999'999'999ns)), steady(9s + 999'999'999ns)));
    BOOST_TEST(same(clock.now(), steady(10s)));
}

BOOST_AUTO_TEST_CASE(bounds_get_tighter) {
    KernelClock clock;
    // Interrupted for 40 us between the readings of the first sample, then for less.
    clock.sample(steady(10s), wall(10s + 39us), steady(10s + 40us));
    BOOST_TEST((clock.uncertainty() == 40us));
    clock.sample(steady(11s), wall(11s + 100ns), steady(11s + 300ns));
    BOOST_TEST((clock.uncertainty() == 300ns));
    clock.sample(steady(12s), wall(12s + 5us), steady(12s + 9us));
    BOOST_TEST((clock.uncertainty() == 300ns));
    auto const error = clock.steady(wall(11s + 900ms)) - steady(11s + 900ms);
    BOOST_TEST((error <= 200ns && error >= -200ns));
}

BOOST_AUTO_TEST_CASE(a_small_step_is_followed_too) {
    KernelClock clock;
    sample(clock, 10s, 10s);
    sample(clock, 11s, 11s + 100us);
    sample(clock, 12s, 12s + 100us);
    BOOST_TEST(same(clock.steady(wall(11s + 900ms + 100us)), steady(11s + 900ms)));
}

BOOST_AUTO_TEST_CASE(the_real_clocks_are_known_to_a_microsecond) {
    KernelClock clock;
    for (int i = 0; i < 1000 && clock.uncertainty() > 1us; ++i)
        clock.sample();
    clock.sample();
    BOOST_TEST((clock.uncertainty() <= 1us));
    auto const before = Clock::now();
    auto const stamp = std::chrono::system_clock::now();
    auto const after = Clock::now();
    clock.sample();
    BOOST_TEST((clock.steady(stamp) >= before - 1us));
    BOOST_TEST((clock.steady(stamp) <= after + 1us));
}

BOOST_AUTO_TEST_CASE(never_says_the_future) {
    KernelClock clock;
    sample(clock, 10s, 10s);
    BOOST_TEST(same(clock.steady(wall(12s)), steady(10s)));
}

BOOST_AUTO_TEST_CASE(survives_a_clock_set_forward) {
    KernelClock clock;
    sample(clock, 10s, 10s);
    sample(clock, 11s, 11s + 1h);
    BOOST_TEST(same(clock.steady(wall(10s + 900ms)), steady(10s + 900ms)));       // before it
    BOOST_TEST(same(clock.steady(wall(10s + 950ms + 1h)), steady(10s + 950ms)));  // after it
}

BOOST_AUTO_TEST_CASE(survives_a_clock_set_back) {
    KernelClock clock;
    sample(clock, 10s, 10s);
    sample(clock, 11s, 11s - 1h);
    BOOST_TEST(same(clock.steady(wall(10s + 900ms)), steady(10s + 900ms)));
    BOOST_TEST(same(clock.steady(wall(10s + 950ms - 1h)), steady(10s + 950ms)));
}

BOOST_AUTO_TEST_SUITE_END()
