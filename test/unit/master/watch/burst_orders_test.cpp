#include "watch/burst_orders.hpp"

#include "catalog/packet_load.hpp"

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::master;

BOOST_AUTO_TEST_SUITE(burst_orders)

BOOST_AUTO_TEST_CASE(a_burst_has_more_flows_and_is_otherwise_the_same) {
    ProbingParameters const own{.flows = 2, .attempts = 5, .max_hops = 20};
    auto expected = own;
    expected.flows = 64;
    BOOST_TEST((burst_of(own, 64) == expected));
    auto automatic = own;
    automatic.flows = FlowCount::make_automatic();
    BOOST_TEST((burst_of(automatic, 64) == expected));
}

BOOST_AUTO_TEST_CASE(a_burst_sends_no_more_than_a_round_may) {
    ProbingParameters const own{.flows = 2, .attempts = 200, .max_hops = 30};
    auto const burst = burst_of(own, 64);
    BOOST_REQUIRE(burst.has_value());
    BOOST_TEST(burst->flows.fixed == 41U);
    BOOST_TEST(!find_load_fault(*burst));
}

BOOST_AUTO_TEST_CASE(nothing_is_ordered_that_is_no_deeper) {
    BOOST_TEST(!burst_of({.flows = 64}, 64));
    BOOST_TEST(!burst_of({.flows = 100}, 64));
    BOOST_TEST(!burst_of({.flows = 41, .attempts = 200, .max_hops = 30}, 64));
}

BOOST_AUTO_TEST_CASE(what_was_not_ordered_takes_no_other_burst_away) {
    auto const m = [](char const* name) { return make_uuid_from_name(name); };
    Timestamp const now(std::chrono::hours(1));
    BurstLimits limits({.per_probe = 2});
    BOOST_TEST(limits.take("n1", m("a"), now));
    BOOST_TEST(limits.take("n1", m("b"), now));
    BOOST_TEST(!limits.take("n1", m("c"), now));
    limits.not_ordered("n1", m("a"));
    BOOST_TEST(limits.take("n1", m("c"), now));
    BOOST_TEST(!limits.take("n1", m("d"), now));
    // It is not tried again with each round.
    limits.not_ordered("n1", m("c"));
    BOOST_TEST(!limits.take("n1", m("c"), now));
    BOOST_TEST(limits.take("n1", m("c"), now + std::chrono::minutes(5)));
    limits.not_ordered("n9", m("a"));
}

BOOST_AUTO_TEST_SUITE_END()
