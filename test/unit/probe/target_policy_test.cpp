#include <dtrace/probe/target_policy.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::probe;

namespace {

Prefix block(std::string_view text) {
    return parse<Prefix>(text).value();
}

std::string refusal(TargetPolicy const& policy, std::string_view target) {
    return find_refusal(policy, parse<IpAddress>(target).value()).value_or("");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(target_policy)

BOOST_AUTO_TEST_CASE(any_single_host_is_good_where_nothing_is_said) {
    for (char const* target : {"10.0.0.1", "198.51.100.9", "2001:db8::1", "127.0.0.1", "::1"})
        BOOST_TEST(refusal({}, target) == "", target);
}

BOOST_AUTO_TEST_CASE(what_is_no_single_host_is_refused_always) {
    TargetPolicy const everything{.allow = {block("0.0.0.0/0"), block("::/0")}};
    for (char const* target : {"0.0.0.0", "::", "224.0.0.1", "239.255.255.255", "ff02::1",
                               "255.255.255.255", "::ffff:224.0.0.1", "::ffff:255.255.255.255"})
        BOOST_TEST(refusal(everything, target) != "", target);
}

BOOST_AUTO_TEST_CASE(what_is_denied_is_refused_by_name) {
    TargetPolicy const policy{.deny = {block("10.0.0.0/8"), block("2001:db8::/32")}};
    BOOST_TEST(refusal(policy, "10.255.0.1") == "10.255.0.1 is in 10.0.0.0/8, which --deny names");
    BOOST_TEST(refusal(policy, "2001:db8:ffff::1") ==
               "2001:db8:ffff::1 is in 2001:db8::/32, which --deny names");
    BOOST_TEST(refusal(policy, "::ffff:10.0.0.1") != "");
    BOOST_TEST(refusal(policy, "11.0.0.1") == "");
    BOOST_TEST(refusal(policy, "2001:db9::1") == "");
}

BOOST_AUTO_TEST_CASE(where_something_is_allowed_nothing_else_is) {
    TargetPolicy const policy{.allow = {block("192.0.2.0/24"), block("198.51.100.9")}};
    BOOST_TEST(refusal(policy, "192.0.2.77") == "");
    BOOST_TEST(refusal(policy, "198.51.100.9") == "");
    BOOST_TEST(refusal(policy, "198.51.100.8") == "198.51.100.8 is in nothing that --allow names");
    BOOST_TEST(refusal(policy, "2001:db8::1") != "");
}

BOOST_AUTO_TEST_CASE(deny_goes_before_allow) {
    TargetPolicy const policy{.deny = {block("192.0.2.128/25")}, .allow = {block("192.0.2.0/24")}};
    BOOST_TEST(refusal(policy, "192.0.2.1") == "");
    BOOST_TEST(refusal(policy, "192.0.2.200") != "");
}

BOOST_AUTO_TEST_SUITE_END()
