#include <dtrace/model/measurement.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;

namespace {

/// The fault after one change to good parameters; empty: none.
template <class Change>
std::string fault(Change change) {
    ProbingParameters parameters;
    change(parameters);
    return find_fault(parameters).value_or("");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(probing_parameters)

BOOST_AUTO_TEST_CASE(are_good_as_they_come) {
    BOOST_TEST(!find_fault({}));
}

BOOST_AUTO_TEST_CASE(both_ends_of_every_range_are_good) {
    using P = ProbingParameters;
    BOOST_TEST(fault([](P& p) { p.flows = 1; }) == "");
    BOOST_TEST(fault([](P& p) { p.flows = 256; }) == "");
    BOOST_TEST(fault([](P& p) { p.attempts = 1; }) == "");
    BOOST_TEST(fault([](P& p) { p.attempts = 100; }) == "");
    BOOST_TEST(fault([](P& p) { p.max_hops = 1; }) == "");
    BOOST_TEST(fault([](P& p) { p.max_hops = p.first_hop = 100; }) == "");
    BOOST_TEST(fault([](P& p) { p.timeout_ms = 1; }) == "");
    BOOST_TEST(fault([](P& p) { p.timeout_ms = 10'000; }) == "");
    BOOST_TEST(fault([](P& p) { p.port = Port{1}; }) == "");
    BOOST_TEST(fault([](P& p) { p.port = Port{65535}; }) == "");
    BOOST_TEST(fault([](P& p) { p.gap_limit = 0; }) == "");
    BOOST_TEST(fault([](P& p) { p.gap_limit = p.tos = 255; }) == "");
}

BOOST_AUTO_TEST_CASE(beyond_a_range_the_member_and_the_range_are_named) {
    using P = ProbingParameters;
    BOOST_TEST(fault([](P& p) { p.flows = 0; }) == "flows: must be 1 to 256, or auto");
    BOOST_TEST(fault([](P& p) { p.flows = 257; }) == "flows: must be 1 to 256, or auto");
    BOOST_TEST(fault([](P& p) { p.attempts = 0; }) == "attempts: must be 1 to 100");
    BOOST_TEST(fault([](P& p) { p.attempts = 101; }) == "attempts: must be 1 to 100");
    BOOST_TEST(fault([](P& p) { p.max_hops = 0; }) == "max_hops: must be 1 to 100");
    BOOST_TEST(fault([](P& p) { p.max_hops = 101; }) == "max_hops: must be 1 to 100");
    BOOST_TEST(fault([](P& p) { p.first_hop = 0; }) == "first_hop: must be 1 to 30");
    BOOST_TEST(fault([](P& p) { p.first_hop = 31; }) == "first_hop: must be 1 to 30");
    BOOST_TEST(fault([](P& p) { p.timeout_ms = 0; }) == "timeout_ms: must be 1 to 10000");
    BOOST_TEST(fault([](P& p) { p.timeout_ms = 10'001; }) == "timeout_ms: must be 1 to 10000");
    BOOST_TEST(fault([](P& p) { p.port = Port{0}; }) == "port: must be 1 to 65535");
}

BOOST_AUTO_TEST_CASE(ports_by_method) {
    BOOST_TEST(default_port(Method::udp) == 33434);
    BOOST_TEST(default_port(Method::tcp) == 80);
    BOOST_TEST(default_port(Method::icmp) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
