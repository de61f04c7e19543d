#include "server/admission.hpp"
#include "server/request_reader.hpp"

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::http;
using Verdict = Admission::Verdict;

namespace {

IpAddress ip(char const* text) {
    return parse<IpAddress>(text).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(admission)

BOOST_AUTO_TEST_CASE(counts_in_all_and_by_source) {
    Admission admission(3, 2);
    BOOST_TEST((admission.enter(ip("192.0.2.1")) == Verdict::welcome));
    BOOST_TEST((admission.enter(ip("192.0.2.1")) == Verdict::welcome));
    BOOST_TEST((admission.enter(ip("192.0.2.1")) == Verdict::too_many_from_source));
    BOOST_TEST((admission.enter(ip("192.0.2.2")) == Verdict::welcome));
    BOOST_TEST((admission.enter(ip("192.0.2.3")) == Verdict::too_many));
    BOOST_TEST(admission.connections() == 3u);
    admission.leave(ip("192.0.2.1"));
    BOOST_TEST((admission.enter(ip("192.0.2.1")) == Verdict::welcome));
}

BOOST_AUTO_TEST_CASE(an_ipv6_source_is_its_slash_64) {
    Admission admission(10, 1);
    BOOST_TEST((admission.enter(ip("2001:db8:0:1::1")) == Verdict::welcome));
    BOOST_TEST((admission.enter(ip("2001:db8:0:1:ffff::2")) == Verdict::too_many_from_source));
    BOOST_TEST((admission.enter(ip("2001:db8:0:2::1")) == Verdict::welcome));
    admission.leave(ip("2001:db8:0:1::1"));
    BOOST_TEST((admission.enter(ip("2001:db8:0:1:ffff::2")) == Verdict::welcome));
}

BOOST_AUTO_TEST_CASE(a_limit_of_zero_refuses_all) {
    BOOST_TEST((Admission(0, 1).enter(ip("::1")) == Verdict::too_many));
    BOOST_TEST((Admission(1, 0).enter(ip("::1")) == Verdict::too_many_from_source));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(slow_bodies)

BOOST_AUTO_TEST_CASE(bytes_earn_time_up_to_the_whole) {
    ServerLimits limits;
    limits.body_timeout = seconds(60);
    limits.body_grace = seconds(5);
    limits.min_body_rate = 1000;
    TimePoint const start{seconds(100)};
    BOOST_TEST((body_deadline(start, 0, limits) == start + seconds(5)));
    BOOST_TEST((body_deadline(start, 10'000, limits) == start + seconds(15)));
    BOOST_TEST((body_deadline(start, 1'000'000, limits) == start + seconds(60)));
    BOOST_TEST((body_deadline(start, std::size_t(-1), limits) == start + seconds(60)));
    limits.min_body_rate = 0;
    BOOST_TEST((body_deadline(start, 0, limits) == start + seconds(60)));
}

BOOST_AUTO_TEST_SUITE_END()
