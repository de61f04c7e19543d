#include <dtrace/analysis/way_back.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::analysis;

namespace {

IpAddress address(std::string const& text) {
    return parse<IpAddress>(text).value();
}

Culprit culprit(std::string const& from, std::string const& to, std::string probe,
                std::string const& target, Interval loss = {0.1, 0.08, 0.13}) {
    Culprit made;
    made.segment = {{.addresses = {address(from)}}, {.addresses = {address(to)}}};
    made.links = {made.segment};
    made.loss = loss;
    made.witnesses = {{.probe = std::move(probe), .target = address(target)}};
    made.reason = "counts";
    return made;
}

ProbeAddresses const probes{{"a", {address("192.0.2.1")}}, {"b", {address("192.0.2.2")}}};

/// b loses packets on its way to a; a sees it right before b.
Culprit const on_the_way_of_b = culprit("10.0.0.5", "10.0.0.6", "b", "192.0.2.1");
Culprit const before_b = culprit("10.0.0.9", "192.0.2.2", "a", "192.0.2.2");

}  // namespace

BOOST_AUTO_TEST_SUITE(way_back)

BOOST_AUTO_TEST_CASE(loss_on_the_way_back_is_explained_by_the_other_probe) {
    auto const left = tell_ways_apart({before_b, on_the_way_of_b}, probes);
    BOOST_REQUIRE(left.size() == 1U);
    BOOST_TEST(describe(left[0].segment) == describe(on_the_way_of_b.segment));
    BOOST_TEST((left[0].direction == Direction::forward));
    BOOST_TEST(left[0].reason.starts_with("counts; probe a sees the same loss on its way back"));
}

BOOST_AUTO_TEST_CASE(nothing_is_explained_without_the_other_probe) {
    BOOST_TEST(tell_ways_apart({before_b}, probes).size() == 1U);
    BOOST_TEST(tell_ways_apart({before_b, on_the_way_of_b}, {}).size() == 2U);
    auto const to_another = culprit("10.0.0.5", "10.0.0.6", "b", "192.0.2.77");
    BOOST_TEST(tell_ways_apart({before_b, to_another}, probes).size() == 2U);
}

BOOST_AUTO_TEST_CASE(other_losses_explain_nothing) {
    auto const much_more = culprit("10.0.0.5", "10.0.0.6", "b", "192.0.2.1", {0.5, 0.45, 0.55});
    BOOST_TEST(tell_ways_apart({before_b, much_more}, probes).size() == 2U);
    auto const in_the_middle = culprit("10.0.0.8", "10.0.0.9", "a", "192.0.2.2");
    BOOST_TEST(tell_ways_apart({in_the_middle, on_the_way_of_b}, probes).size() == 2U);
}

BOOST_AUTO_TEST_CASE(two_that_stand_before_each_other_explain_nothing) {
    auto const before_a = culprit("10.0.0.7", "192.0.2.1", "b", "192.0.2.1");
    BOOST_TEST(tell_ways_apart({before_b, before_a}, probes).size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_witness_to_another_target_keeps_the_culprit) {
    auto both = before_b;
    both.witnesses.push_back({.probe = "a", .target = address("198.51.100.9")});
    BOOST_TEST(tell_ways_apart({both, on_the_way_of_b}, probes).size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
