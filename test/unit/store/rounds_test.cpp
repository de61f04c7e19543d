#include "odd_traces.hpp"
#include "upkeep_fixture.hpp"

#include <algorithm>
#include <map>
#include <numeric>

using namespace dtrace;
using namespace dtrace::store;
using namespace dtrace::test;

namespace {

using std::chrono::minutes;

using Column = std::vector<std::uint32_t>;

struct RoundsFixture : UpkeepFixture {
    RoundSeries rounds(RoundQuery query) {
        auto found = value_of(traces().rounds(std::move(query)));
        BOOST_REQUIRE_MESSAGE(found, found.error().message);
        return *std::move(found);
    }
    RoundQuery an_hour() const {
        return {.probe = "n1",
                .measurement = measurement,
                .from = noon,
                .to = noon + minutes(60),
                .limit = 1000};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rounds, RoundsFixture)

BOOST_AUTO_TEST_CASE(each_column_has_an_element_for_each_round) {
    auto other = trace(noon + minutes(1), 3, 1500);
    other.paths[0].hops[1].answers[0].rtt_us = 1400;
    other.paths[0].hops[1].answers[1].rtt_us = 9000;
    auto longer = trace(noon + minutes(2), 0);
    longer.paths[0].hops.push_back({.ttl = 4, .sent = 2, .answers = {}});
    auto failed = trace(noon + minutes(3));
    failed.paths.clear();
    failed.stop_reason = StopReason::error;
    auto before = trace(noon - microseconds(1));
    auto behind = trace(noon + minutes(60));
    auto foreign = trace(noon);
    foreign.probe = "n2";
    add({failed, trace(noon), longer, other, before, behind, foreign});
    auto const got = rounds(an_hour());
    BOOST_TEST(!got.next);
    BOOST_REQUIRE(got.started_at.size() == 4U);
    BOOST_TEST((got.started_at[1] == noon + minutes(1)));
    BOOST_TEST((got.id[2] == longer.id));
    BOOST_TEST((got.target.sent == Column{3, 3, 2, 0}));
    BOOST_TEST((got.target.answered == Column{3, 3, 0, 0}));
    BOOST_TEST((got.target.rtt_us == Column{1000, 1500, 0, 0}));
    BOOST_REQUIRE(got.hops.size() == 3U);
    BOOST_TEST(got.hops[0].ttl == 1);
    BOOST_TEST((got.hops[0].counts.rtt_us == Column{100, 100, 100, 0}));
    BOOST_TEST((got.hops[1].counts.answered == Column{3, 3, 0, 0}));
    BOOST_TEST(got.hops[2].ttl == 4);
    BOOST_TEST((got.hops[2].counts.sent == Column{0, 0, 2, 0}));
    BOOST_TEST((got.hops[2].counts.answered == Column{0, 0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(flows_are_taken_together) {
    auto two = trace(noon);
    two.paths.push_back(two.paths[0]);
    two.paths[1].flow = 1;
    for (auto& answer : two.paths[1].hops[0].answers)
        answer.rtt_us = 50;
    add({two});
    auto const got = rounds(an_hour());
    BOOST_TEST((got.hops.at(0).counts.sent == Column{6}));
    BOOST_TEST((got.hops.at(0).counts.answered == Column{6}));
    BOOST_TEST((got.hops.at(0).counts.rtt_us == Column{100}));
    BOOST_TEST((got.target.sent == Column{6}));
}

BOOST_AUTO_TEST_CASE(more_than_the_limit_is_told) {
    for (int i = 0; i < 5; ++i)
        add({trace(noon + minutes(i))});
    auto query = an_hour();
    query.limit = 5;
    BOOST_TEST(!rounds(query).next);
    query.limit = 4;
    auto const got = rounds(query);
    BOOST_TEST((got.next == noon + minutes(3) + microseconds(1)));
    BOOST_TEST(got.started_at.size() == 4U);
    BOOST_TEST((got.started_at.back() == noon + minutes(3)));
    query.limit = 10'001;
    BOOST_TEST(!value_of(traces().rounds(query)));
    query = an_hour();
    query.probe = "n3";
    BOOST_TEST(rounds(query).started_at.empty());
}

BOOST_AUTO_TEST_CASE(whatever_a_trace_holds_its_counts_are_those_of_the_trace) {
    OddTraces odd(17);
    for (int i = 0; i < 60; ++i) {
        auto one = odd.next();
        one.probe = "n1";
        one.measurement = MeasurementName{measurement, "m"};
        one.started_at = noon + seconds(i);
        one.id = make_uuid_v7(one.started_at);
        add({one});
        auto query = an_hour();
        query.from = one.started_at;
        auto const got = rounds(query);
        std::map<Ttl, std::uint32_t> sent;
        std::map<Ttl, std::size_t> answered;
        for (auto const& path : one.paths)
            for (auto const& hop : path.hops) {
                if (hop.sent == 0 && hop.answers.empty()) continue;
                sent[hop.ttl] += hop.sent;
                answered[hop.ttl] += hop.answers.size();
            }
        BOOST_REQUIRE(got.hops.size() == sent.size());
        for (auto const& [ttl, counts] : got.hops) {
            BOOST_TEST(counts.sent.at(0) == sent.at(ttl));
            BOOST_TEST(counts.answered.at(0) == answered.at(ttl));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_damaged_record_is_told_and_left_out) {
    add({trace(noon), trace(noon + minutes(1)), trace(noon + minutes(2))});
    store.reset();
    change_file(
        "UPDATE trace SET record = x'FF' WHERE started ="
        " (SELECT started FROM trace ORDER BY started LIMIT 1 OFFSET 1)");
    auto const found = rounds(an_hour());
    BOOST_TEST((found.started_at == std::vector{noon, noon + minutes(2)}));
    BOOST_TEST(found.target.sent.size() == 2U);
    BOOST_TEST(found.unreadable.count == 1U);
    BOOST_REQUIRE(store->trouble());
    BOOST_TEST(store->trouble()->message.find("the file is damaged (trace ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(where_nothing_can_be_read_the_next_answer_goes_on) {
    std::vector<Trace> report;
    for (int i = 0; i < 7; ++i)
        report.push_back(trace(noon + minutes(i)));
    add(report);
    store.reset();
    change_file(
        "UPDATE trace SET record = x'FF' WHERE started <"
        " (SELECT started FROM trace ORDER BY started LIMIT 1 OFFSET 5)");
    auto query = an_hour();
    query.limit = 2;
    std::size_t unreadable = 0;
    std::vector<Timestamp> found;
    for (std::optional<Timestamp> next = query.from; next;) {
        query.from = *next;
        auto const got = rounds(query);
        unreadable += got.unreadable.count;
        found.insert(found.end(), got.started_at.begin(), got.started_at.end());
        next = got.next;
    }
    BOOST_TEST(unreadable == 5U);
    BOOST_TEST((found == std::vector{noon + minutes(5), noon + minutes(6)}));
}

BOOST_AUTO_TEST_SUITE_END()
