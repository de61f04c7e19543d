#include "upkeep_fixture.hpp"

using namespace dtrace;
using namespace dtrace::store;
using namespace dtrace::test;

namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct DayUpkeepFixture : UpkeepFixture {
    Timestamp const midnight = noon - hours(12);
    UpkeepRule const rule{
        .keep_traces = hours(24), .max_bytes = std::nullopt, .keep_hours = hours(24)};

    /// One trace an hour for so many days, and what is to be done an hour after them.
    void live(int days) {
        std::vector<Trace> traces;
        for (int hour = 0; hour < 24 * days; ++hour)
            traces.push_back(trace(midnight + hours(hour), hour % 4 == 0 ? 2 : 3,
                                   1000 + static_cast<std::uint32_t>(hour)));
        BOOST_TEST(add(std::move(traces)) == static_cast<std::size_t>(24 * days));
    }
    Timestamp day(int number) const { return midnight + hours(24 * number); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(day_upkeep, DayUpkeepFixture)

BOOST_AUTO_TEST_CASE(a_day_that_is_over_is_the_sum_of_its_hours) {
    live(2);
    BOOST_TEST(all({}, day(1) + minutes(1)).days == 0U);  // reports may still come
    BOOST_TEST(all({}, day(1) + minutes(2)).days == 1U);
    BOOST_TEST(all({}, day(2) + hours(1)).days == 1U);
    Rollup sum;
    for (auto const& hour : history(day(0), day(1)))
        sum.add(hour.rollup);
    auto const got = by_days(day(0), day(2));
    BOOST_REQUIRE(got.size() == 2U);
    BOOST_TEST((got[0].start == midnight));
    BOOST_TEST((got[1].start == day(1)));
    auto const& rollup = got[0].rollup;
    BOOST_TEST(rollup.traces == 24U);
    BOOST_TEST(rollup.sent == 72U);
    BOOST_TEST(rollup.answered == 66U);
    BOOST_TEST((rollup.rtt == sum.rtt));
    BOOST_TEST((rollup.paths == sum.paths));
    BOOST_REQUIRE(rollup.hops.size() == 2U);
    BOOST_TEST(rollup.hops.at(1).sent == 72U);
    BOOST_TEST(rollup.hops.at(1).answered == 72U);
    BOOST_TEST(rollup.hops.at(1).rtt.max() == 100U);
    BOOST_TEST(rollup.hops.at(2).answered == 66U);
    BOOST_TEST((rollup.hops.at(2).rtt == rollup.rtt));
}

BOOST_AUTO_TEST_CASE(parts_of_days_are_told_by_their_hours) {
    live(3);
    all({}, day(3) + hours(1));
    auto const got = by_days(day(0) + hours(22), day(2) + hours(3));
    BOOST_REQUIRE(got.size() == 2U + 1 + 3);
    BOOST_TEST((got[1].start == day(0) + hours(23)));
    BOOST_TEST(got[1].rollup.traces == 1U);
    BOOST_TEST(got[1].rollup.hops.at(1).sent == 3U);
    BOOST_TEST((got[2].start == day(1)));
    BOOST_TEST(got[2].rollup.traces == 24U);
    BOOST_TEST((got[3].start == day(2)));
    BOOST_TEST(got[3].rollup.traces == 1U);
}

BOOST_AUTO_TEST_CASE(hops_are_told_only_if_asked_for) {
    live(1);
    all({}, day(1) + hours(1));
    for (auto const& hour : history(day(0), day(1)))
        BOOST_TEST(hour.rollup.hops.empty());
}

BOOST_AUTO_TEST_CASE(what_comes_late_is_counted_in_its_day) {
    live(1);
    all({}, day(1) + hours(1));
    add({trace(midnight + minutes(30))});
    BOOST_TEST(all({}, day(1) + hours(2)).days == 1U);
    BOOST_TEST(by_days(day(0), day(1)).at(0).rollup.traces == 25U);
}

BOOST_AUTO_TEST_CASE(hours_go_by_whole_days_and_days_stay) {
    live(4);
    auto const done = all(rule, day(4) + hours(12));
    BOOST_TEST(done.removed == 84U);
    BOOST_TEST(done.hours == 72U);
    BOOST_TEST(history(day(0), day(9)).size() == 24U);
    auto const got = by_days(day(0), day(4));
    BOOST_REQUIRE(got.size() == 4U);
    for (auto const& each : got)
        BOOST_TEST(each.rollup.traces == 24U);
    // Part of a day whose hours are gone: the day, if it begins there.
    BOOST_TEST(by_days(day(1) - hours(3), day(1) + hours(3)).size() == 1U);
    BOOST_TEST(by_days(day(1) + hours(3), day(1) + hours(9)).empty());
    BOOST_TEST(all(rule, day(4) + hours(13)).hours == 0U);
}

BOOST_AUTO_TEST_CASE(hours_stay_as_long_as_their_traces) {
    live(3);
    BOOST_TEST(all({.keep_hours = hours(24)}, day(3) + hours(1)).hours == 0U);
    UpkeepRule longer = rule;
    longer.keep_traces = hours(48);
    BOOST_TEST(all(longer, day(3) + hours(1)).hours == 24U);
}

BOOST_AUTO_TEST_CASE(of_a_day_whose_hours_are_gone_nothing_is_counted_twice) {
    live(4);
    all(rule, day(4) + hours(12));
    BOOST_TEST(add({trace(midnight), trace(midnight + minutes(1))}) == 0U);
    // A day of which nothing was known is taken, and then known.
    std::vector<Trace> const before{trace(day(-1)), trace(day(-1) + minutes(1))};
    BOOST_TEST(add(before) == 2U);
    all(rule, day(4) + hours(13));
    all(rule, day(4) + hours(13));
    BOOST_TEST(by_days(day(-1), day(0)).at(0).rollup.traces == 2U);
    BOOST_TEST(add(before) == 0U);
    BOOST_TEST(count() == 11U);
    all(rule, day(5) + hours(13));
    BOOST_TEST(by_days(day(-1), day(0)).at(0).rollup.traces == 2U);
}

BOOST_AUTO_TEST_CASE(an_hour_that_cannot_be_read_keeps_nothing_else) {
    live(1);
    all({}, day(1) + minutes(1));
    store.reset();
    change_file("UPDATE rollup SET record = x'' WHERE hour = (SELECT min(hour) FROM rollup)");
    std::optional<Error> unreadable;
    for (bool more = true; more;) {
        auto const done = step(rule, day(2) + hours(12));
        more = done.more;
        if (done.unreadable.reason) unreadable = done.unreadable.reason;
    }
    BOOST_REQUIRE(unreadable);
    BOOST_TEST(unreadable->message.find("the file is damaged (") != std::string::npos);
    BOOST_TEST(by_days(day(0), day(1)).at(0).rollup.traces == 23U);
    BOOST_TEST(count() == 0U);
    BOOST_TEST(!step(rule, day(2) + hours(12)).unreadable.reason);
}

BOOST_AUTO_TEST_CASE(hours_stand_in_for_a_day_that_cannot_be_read) {
    live(3);
    all({}, day(3) + hours(1));
    auto const hours_before = history(day(0), day(3)).size();
    BOOST_TEST(by_days(day(0), day(3)).size() == 3U);
    store.reset();
    change_file("UPDATE rollup_day SET record = x'' WHERE day = (SELECT min(day) FROM rollup_day)");
    change_file("UPDATE rollup SET record = x'' WHERE hour = (SELECT min(hour) FROM rollup)");
    BOOST_TEST(history(day(0), day(3)).size() == hours_before - 1);
    BOOST_TEST(by_days(day(0), day(3)).size() == 2U + 23U);
    BOOST_TEST(log.count("database is damaged") == 1U);
}

BOOST_AUTO_TEST_CASE(the_latest_goes_with_its_trace) {
    TraceQuery latest;
    latest.latest = true;
    live(1);
    all(rule, day(1) + hours(12));
    BOOST_TEST(find(latest).traces.size() == 1U);
    all(rule, day(3));
    BOOST_TEST(find(latest).traces.empty());
}

BOOST_AUTO_TEST_CASE(a_day_that_comes_late_hour_by_hour_is_whole) {
    live(2);
    auto const now = day(4) + hours(1);
    all(rule, now);
    auto const old = [&](int hour) { return trace(day(-5) + hours(hour)); };
    BOOST_TEST(add({old(0)}) == 1U);
    for (int hour = 1; hour < 24; ++hour) {
        all(rule, now);
        BOOST_TEST(add({old(hour)}) == 1U);
    }
    for (int pass = 0; pass < 3; ++pass)
        all(rule, now);
    BOOST_TEST(count() == 0U);
    auto const days = by_days(day(-5), day(-4));
    BOOST_REQUIRE(days.size() == 1U);
    BOOST_TEST(days[0].rollup.traces == 24U);
    BOOST_TEST((try_add({old(5)}).value().front() == Added::too_late));
}

BOOST_AUTO_TEST_CASE(what_comes_late_while_hours_are_removed_does_not_keep_it_busy) {
    live(3);
    while (step(rule, day(5)).hours == 0) {
    }
    BOOST_TEST(add({trace(day(-5))}) == 1U);
    bool more = true;
    for (int steps = 0; more; ++steps) {
        BOOST_REQUIRE_LT(steps, 100);
        more = step(rule, day(5)).more;
    }
    BOOST_TEST(history(day(0), day(2)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
