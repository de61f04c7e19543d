#include "catalog/packet_load.hpp"

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::master;

BOOST_AUTO_TEST_SUITE(packet_load)

BOOST_AUTO_TEST_CASE(every_hop_of_every_flow_counts) {
    ProbingParameters parameters;
    BOOST_TEST(packets_a_round(parameters) == 90U);
    parameters.flows = 16;
    parameters.first_hop = 11;
    BOOST_TEST(packets_a_round(parameters) == 16U * 20 * 3);
    parameters.flows = FlowCount::make_automatic();
    BOOST_TEST(packets_a_round(parameters) == 256U * 20 * 3);
    Measurement measurement{.name = "m", .parameters = parameters, .interval_s = 60};
    BOOST_TEST(packets_a_second(measurement) == 16.0);
}

BOOST_AUTO_TEST_CASE(a_round_has_its_limit) {
    ProbingParameters parameters{.flows = 250, .attempts = 100, .max_hops = 10};
    BOOST_TEST(!find_load_fault(parameters));
    parameters.max_hops = 11;
    auto const fault = find_load_fault(parameters);
    BOOST_REQUIRE(fault);
    BOOST_TEST((fault->what == LoadFault::What::flows));
    BOOST_TEST(fault->reason ==
               "times attempts and hops makes up to 275000 packets a round, at most 250000");
    BOOST_TEST((find_load_fault(parameters, 86'400)->what == LoadFault::What::flows));
}

BOOST_AUTO_TEST_CASE(a_round_is_over_when_the_next_one_is_due) {
    ProbingParameters const parameters{.flows = 100, .attempts = 10, .max_hops = 50};
    BOOST_TEST(!find_load_fault(parameters, 5));
    auto const fault = find_load_fault(parameters, 4);
    BOOST_REQUIRE(fault);
    BOOST_TEST((fault->what == LoadFault::What::interval));
    BOOST_TEST(fault->reason == "is too short for up to 50000 packets a round at 10000 a second");
}

BOOST_AUTO_TEST_SUITE_END()
