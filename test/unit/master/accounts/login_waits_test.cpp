#include "accounts/login_waits.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

using namespace dtrace;
using master::LoginThrottles;
using master::LoginWaits;

namespace {

using std::chrono::minutes;

struct LoginWaitsFixture {
    LoginWaits waits{LoginThrottles{}};
    TimePoint now{std::chrono::hours(1)};

    static std::string source(int i) { return "s" + std::to_string(i); }
    Duration wait_at(std::string const& source) const { return waits.wait_of("n1", source, now); }

    void fail_at(std::string const& source) { (void)waits.tried("n1", source, now); }

    /// Each of seven sources three times.
    void begin_attack() {
        for (int i = 0; i < 7; ++i)
            for (int tries = 0; tries < 3; ++tries)
                fail_at(source(i));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(login_waits, LoginWaitsFixture)

BOOST_AUTO_TEST_CASE(a_source_waits_from_its_third_failure_with_a_name_and_its_eleventh_with_any) {
    fail_at("s");
    fail_at("s");
    BOOST_TEST((wait_at("s") == Duration::zero()));
    fail_at("s");
    BOOST_TEST((wait_at("s") == milliseconds(500)));
    BOOST_TEST((waits.wait_of("n2", "s", now) == Duration::zero()));
    for (int i = 0; i < 8; ++i)
        (void)waits.tried("x" + std::to_string(i), "s", now);
    BOOST_TEST((waits.wait_of("n2", "s", now) == milliseconds(500)));
}

BOOST_AUTO_TEST_CASE(a_name_that_many_guess_at_has_one_try_per_source_and_the_wait_doubles) {
    begin_attack();
    BOOST_TEST((wait_at("new") == Duration::zero()));
    for (auto const expected : {minutes(1), minutes(2), minutes(4), minutes(8)}) {
        fail_at("new");
        fail_at("yet another " + std::to_string(expected.count()));
        BOOST_TEST((wait_at("new") == expected));
        now += expected;
    }
    BOOST_TEST((waits.wait_of("n2", "new", now) == Duration::zero()));
}

BOOST_AUTO_TEST_CASE(nobody_waits_longer_than_the_attack_lasts) {
    begin_attack();
    now += minutes(9);
    fail_at(source(1));  // which counts no more
    fail_at(source(1));
    BOOST_TEST((wait_at(source(1)) == minutes(1)));
    now += minutes(1);
    BOOST_TEST((wait_at(source(1)) == Duration::zero()));
}

BOOST_AUTO_TEST_CASE(failures_before_an_attack_cost_nothing_in_it) {
    for (int i = 0; i < 8; ++i) {
        fail_at("s");
        now += minutes(1);
    }
    begin_attack();
    BOOST_TEST(waits.tried("n1", "new", now).under_attack);
    BOOST_TEST((wait_at("s") == Duration::zero()));
}

BOOST_AUTO_TEST_CASE(one_source_with_an_old_secret_is_no_attack) {
    for (auto const apart : {seconds(30), seconds(45), seconds(61), seconds(90)})
        for (auto const end = now + std::chrono::hours(3); now < end; now += apart) {
            BOOST_REQUIRE((wait_at("s") <= seconds(30)));
            now += wait_at("s");
            BOOST_REQUIRE(!waits.tried("n1", "s", now).under_attack);
        }
}

BOOST_AUTO_TEST_CASE(neither_a_right_try_nor_one_that_nobody_looked_at_ends_an_attack) {
    begin_attack();
    for (int i = 0; i < 5; ++i)
        fail_at("s");
    for (int i = 0; i < 30; ++i) {
        waits.take_back("n1", "busy", waits.tried("n1", "busy", now));
        BOOST_TEST((wait_at("busy") == Duration::zero()));
    }
    BOOST_TEST((wait_at("s") == minutes(10)));
}

BOOST_AUTO_TEST_CASE(what_is_taken_back_makes_no_attack) {
    for (int i = 0; i < 100; ++i)
        waits.take_back("n1", source(i), waits.tried("n1", source(i), now));
    BOOST_TEST(!waits.tried("n1", "s", now).under_attack);
}

BOOST_AUTO_TEST_SUITE_END()
