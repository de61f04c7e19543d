#include "api/refuse_gzip.hpp"

#include "api_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::test;

namespace {

struct RefuseGzipFixture : ApiFixture {
    RefuseGzipFixture() { set_up(); }

    unsigned status(http::Request const& request) {
        auto const answer = value_of(master::refuse_gzip(api, request));
        return answer ? answer->status : 200;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(refuse_gzip, RefuseGzipFixture)

BOOST_AUTO_TEST_CASE(who_has_logged_in_may_send_it) {
    BOOST_TEST(status(as("n1", "one", report("…"))) == 200U);
    BOOST_TEST(status(with_token(token_of(Role::viewer), report("…"))) == 200U);
}

BOOST_AUTO_TEST_CASE(who_has_not_may_not) {
    BOOST_TEST(status(report("…")) == 401U);
    BOOST_TEST(status(as("n1", "wrong", report("…"))) == 401U);
    BOOST_TEST(status(with_token("wrong", report("…"))) == 401U);
}

BOOST_AUTO_TEST_CASE(who_is_not_known_may_not) {
    BOOST_TEST(status(as("n9", "one", report("…"))) == 401U);
}

BOOST_AUTO_TEST_CASE(reading_without_a_login_is_not_enough) {
    master::Gate const open{accounts, {.reading = true}};
    BOOST_TEST(open.admit(request("/"), master::Access::viewer, wall_clock_now()).has_value());
    BOOST_TEST(!open.admit(request("/"), master::Access::user, wall_clock_now()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
