#include "accounts/login_throttle.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using dtrace::master::LoginThrottle;

BOOST_AUTO_TEST_SUITE(login_throttle)

namespace {

TimePoint const start{std::chrono::hours(1)};

}  // namespace

BOOST_AUTO_TEST_CASE(the_wait_doubles_up_to_its_longest) {
    LoginThrottle throttle({});
    BOOST_TEST((throttle.wait_of("s", start) == Duration::zero()));
    auto now = start;
    for (auto const expected : {500, 1000, 2000, 4000, 8000, 16'000, 30'000, 30'000}) {
        throttle.tried("s", now);
        BOOST_TEST((throttle.wait_of("s", now) == milliseconds(expected)));
        BOOST_TEST((throttle.wait_of("other", now) == Duration::zero()));
        now += throttle.wait_of("s", now);
        BOOST_TEST((throttle.wait_of("s", now) == Duration::zero()));
    }
}

BOOST_AUTO_TEST_CASE(the_first_failures_may_be_free) {
    LoginThrottle throttle({.free_failures = 3});
    for (int i = 0; i < 3; ++i) {
        throttle.tried("s", start);
        BOOST_TEST((throttle.wait_of("s", start) == Duration::zero()));
    }
    throttle.tried("s", start);
    BOOST_TEST((throttle.wait_of("s", start) == milliseconds(500)));
}

BOOST_AUTO_TEST_CASE(failures_are_forgotten_with_time) {
    LoginThrottle throttle({.forgive_one_per = seconds(60)});
    for (int i = 0; i < 4; ++i)
        throttle.tried("s", start);
    throttle.tried("s", start + seconds(60 * 3));  // three of four are forgotten
    BOOST_TEST((throttle.wait_of("s", start + seconds(180)) == milliseconds(1000)));
    throttle.tried("s", start + std::chrono::hours(24));
    BOOST_TEST((throttle.wait_of("s", start + std::chrono::hours(24)) == milliseconds(500)));
}

BOOST_AUTO_TEST_CASE(a_right_try_takes_its_own_count_back) {
    LoginThrottle throttle({});
    throttle.tried("s", start);
    throttle.succeeded("s");
    BOOST_TEST((throttle.wait_of("s", start) == Duration::zero()));
    throttle.tried("s", start);
    BOOST_TEST((throttle.wait_of("s", start) == milliseconds(500)));
    throttle.succeeded("unknown");
}

BOOST_AUTO_TEST_CASE(many_failures_do_not_overflow) {
    LoginThrottle throttle({});
    for (int i = 0; i < 100; ++i)
        throttle.tried("s", start);
    BOOST_TEST((throttle.wait_of("s", start) == seconds(30)));
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_and_the_oldest_goes_first) {
    LoginThrottle throttle({.max_sources = 100});
    for (int i = 0; i < 100; ++i)
        throttle.tried(std::to_string(i), start);
    throttle.tried("0", start);  // the latest now
    for (int i = 100; i < 199; ++i)
        throttle.tried(std::to_string(i), start);
    BOOST_TEST(throttle.size() == 100U);
    BOOST_TEST((throttle.wait_of("0", start) > Duration::zero()));
    BOOST_TEST((throttle.wait_of("1", start) == Duration::zero()));
}

BOOST_AUTO_TEST_SUITE_END()
