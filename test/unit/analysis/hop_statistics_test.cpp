#include <dtrace/analysis/hop_statistics.hpp>

#include <boost/test/unit_test.hpp>

#include <path_text.hpp>

using namespace dtrace;
using analysis::HopTable;

BOOST_AUTO_TEST_SUITE(hop_statistics)

namespace {

HopTable table_of(std::vector<test::RoundText> const& rounds) {
    HopTable table;
    for (auto const& round : rounds)
        table.add(test::trace_of(round));
    return table;
}

}  // namespace

BOOST_AUTO_TEST_CASE(times_are_summed_up_in_the_order_of_the_rounds) {
    auto const hops = table_of({{.paths = {"10.0.0.1@2000"}, .sent = 1},
                                {.paths = {"10.0.0.1@6000"}, .sent = 1},
                                {.paths = {"10.0.0.1@4000"}, .sent = 1}})
                          .hops();
    BOOST_REQUIRE(hops.size() == 1U);
    auto const& rtt = hops[0].rtt.value();
    BOOST_TEST(rtt.last_us == 4000U);
    BOOST_TEST(rtt.best_us == 2000U);
    BOOST_TEST(rtt.worst_us == 6000U);
    BOOST_TEST(rtt.mean_us == 4000U);
    BOOST_TEST(rtt.deviation_us == 1633U);  // √(8/3) ms
    BOOST_TEST(rtt.jitter_us == 3000U);     // 4 ms, then 2 ms
}

BOOST_AUTO_TEST_CASE(one_answer_has_no_scatter) {
    auto const hops = table_of({{.paths = {"10.0.0.1@2000"}, .sent = 1}}).hops();
    BOOST_TEST(hops.at(0).rtt->deviation_us == 0U);
    BOOST_TEST(hops.at(0).rtt->jitter_us == 0U);
}

BOOST_AUTO_TEST_CASE(flows_and_routers_of_a_hop_stand_together) {
    auto const hops = table_of({{.paths = {"10.0.0.1 10.0.1.1", "10.0.0.1 10.0.1.2"}},
                                {.paths = {"10.0.0.1 10.0.1.2", "10.0.0.1 10.0.1.2"}}})
                          .hops();
    BOOST_REQUIRE(hops.size() == 2U);
    BOOST_TEST(hops[1].sent == 12U);
    BOOST_TEST(hops[1].answered == 12U);
    BOOST_REQUIRE(hops[1].responders.size() == 2U);
    BOOST_TEST(to_text(hops[1].responders[0].from) == "10.0.1.2");
    BOOST_TEST(hops[1].responders[0].answered == 9U);
    BOOST_TEST(hops[1].responders[1].answered == 3U);
}

BOOST_AUTO_TEST_CASE(a_silent_hop_has_no_times) {
    auto const hops = table_of({{.paths = {"* 198.51.100.9"}}}).hops();
    BOOST_TEST(hops.at(0).ttl == 1);
    BOOST_TEST(hops.at(0).sent == 3U);
    BOOST_TEST(hops.at(0).unanswered.estimate == 1.0);
    BOOST_TEST(!hops.at(0).rtt);
    BOOST_TEST(hops.at(0).responders.empty());
}

BOOST_AUTO_TEST_CASE(who_answers_less_than_those_behind_only_answers_less) {
    std::vector<test::RoundText> const rounds(20, {.paths = {"10.0.0.1:1 10.0.0.2 198.51.100.9"}});
    auto const hops = table_of(rounds).hops();
    BOOST_TEST(hops.at(0).unanswered.low > 0.5);
    BOOST_TEST(hops.at(0).passes);
    BOOST_TEST(!hops.at(1).passes);
    BOOST_TEST(!hops.at(2).passes);
}

BOOST_AUTO_TEST_CASE(what_goes_on_to_the_end_is_not_said_to_pass) {
    std::vector<test::RoundText> const rounds(20,
                                              {.paths = {"10.0.0.1 10.0.0.2:2 198.51.100.9:2"}});
    for (auto const& hop : table_of(rounds).hops())
        BOOST_TEST(!hop.passes);
}

BOOST_AUTO_TEST_CASE(a_remark_is_no_answer) {
    auto trace = test::trace_of({.paths = {"10.0.0.1:1"}});
    trace.paths[0].hops[0].answers[0].kind = ReplyKind::other;
    HopTable table;
    table.add(trace);
    BOOST_TEST(table.hops().at(0).answered == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
