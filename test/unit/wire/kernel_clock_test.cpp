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

}  // namespace

BOOST_AUTO_TEST_SUITE(kernel_clock)

BOOST_AUTO_TEST_CASE(takes_the_offset_away) {
    KernelClock clock;
    clock.sample(steady(10s), wall(10s));
    BOOST_TEST(same(clock.steady(wall(9s + 999'999'999ns)), steady(9s + 999'999'999ns)));
    BOOST_TEST(same(clock.now(), steady(10s)));
}

BOOST_AUTO_TEST_CASE(follows_a_slow_drift) {
    KernelClock clock;
    clock.sample(steady(10s), wall(10s));
    clock.sample(steady(11s), wall(11s + 20us));
    // Read as well as one sample tells: within the drift between two of them.
    auto const read = clock.steady(wall(10s + 500ms));
    BOOST_TEST(same(std::max(read, steady(10s + 500ms - 20us)), read));
    BOOST_TEST(same(std::min(read, steady(10s + 500ms)), read));
}

BOOST_AUTO_TEST_CASE(never_says_the_future) {
    KernelClock clock;
    clock.sample(steady(10s), wall(10s));
    BOOST_TEST(same(clock.steady(wall(12s)), steady(10s)));
}

BOOST_AUTO_TEST_CASE(survives_a_clock_set_forward) {
    KernelClock clock;
    clock.sample(steady(10s), wall(10s));
    clock.sample(steady(11s), wall(11s + 1h));
    BOOST_TEST(same(clock.steady(wall(10s + 900ms)), steady(10s + 900ms)));       // before it
    BOOST_TEST(same(clock.steady(wall(10s + 950ms + 1h)), steady(10s + 950ms)));  // after it
}

BOOST_AUTO_TEST_CASE(survives_a_clock_set_back) {
    KernelClock clock;
    clock.sample(steady(10s), wall(10s));
    clock.sample(steady(11s), wall(11s - 1h));
    BOOST_TEST(same(clock.steady(wall(10s + 900ms)), steady(10s + 900ms)));
    BOOST_TEST(same(clock.steady(wall(10s + 950ms - 1h)), steady(10s + 950ms)));
}

BOOST_AUTO_TEST_SUITE_END()
