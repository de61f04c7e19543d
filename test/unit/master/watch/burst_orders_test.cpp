#include "watch/burst_orders.hpp"

#include "catalog/packet_load.hpp"

#include <boost/test/unit_test.hpp>

#include <path_text.hpp>

#include <string>
#include <vector>

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

BOOST_AUTO_TEST_CASE(what_is_end_to_end_loss) {
    auto const lost = [](std::vector<std::string> paths) {
        return has_end_to_end_loss(test::trace_of({.paths = std::move(paths)}));
    };
    std::string const good = "10.0.0.1 10.0.0.2 198.51.100.9";
    BOOST_TEST(!lost({good, good}));
    BOOST_TEST(!lost({"10.0.0.1:1 * 198.51.100.9"}));
    BOOST_TEST(lost({good, "10.0.0.1 10.0.0.2 198.51.100.9:2"}));
    BOOST_TEST(lost({good, "10.0.0.1 10.0.0.2 * *"}));
    // Perhaps the target never answers.
    BOOST_TEST(!lost({"10.0.0.1 10.0.0.2 * *"}));
    auto ours = test::trace_of({.paths = {"10.0.0.1 198.51.100.9:2"}});
    ours.packets.receiver_dropped = 1;
    BOOST_TEST(!has_end_to_end_loss(ours));
}

BOOST_AUTO_TEST_CASE(bursts_are_limited) {
    Timestamp const start(std::chrono::hours(1));
    BurstLimits limits({.per_probe = 2, .period = seconds(600), .apart = seconds(300)});
    auto const one = make_uuid_from_name("1");
    auto const two = make_uuid_from_name("2");
    auto const three = make_uuid_from_name("3");
    BOOST_TEST(limits.take("a", one, start));
    BOOST_TEST(!limits.take("a", one, start + seconds(299)));
    BOOST_TEST(limits.take("a", two, start + seconds(1)));
    BOOST_TEST(!limits.take("a", three, start + seconds(2)));
    BOOST_TEST(limits.take("b", three, start + seconds(2)));
    BOOST_TEST(limits.take("a", one, start + seconds(600)));
    BOOST_TEST(!limits.take("a", three, start + seconds(600)));
}

BOOST_AUTO_TEST_SUITE_END()
