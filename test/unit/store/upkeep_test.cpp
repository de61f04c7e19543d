#include "older_layouts.hpp"
#include "upkeep_fixture.hpp"

using namespace dtrace;
using namespace dtrace::store;
using namespace dtrace::test;

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(upkeep, UpkeepFixture)

BOOST_AUTO_TEST_CASE(an_hour_that_is_over_is_summed_up) {
    for (int i = 0; i < 60; ++i)
        add({trace(noon + minutes(i), i < 6 ? 0 : 3, 1000 + static_cast<std::uint32_t>(i) * 10,
                   i < 30 ? "192.0.2.1" : "192.0.2.2")});
    BOOST_TEST(step({}, noon + minutes(61)).rolled_up == 0U);  // reports may still come
    BOOST_TEST(history().empty());
    BOOST_TEST(all({}, noon + minutes(62)).rolled_up == 1U);
    auto const got = history();
    BOOST_REQUIRE(got.size() == 1U);
    BOOST_TEST((got[0].start == noon));
    auto const& rollup = got[0].rollup;
    BOOST_TEST(rollup.traces == 60U);
    BOOST_TEST(rollup.reached == 54U);
    BOOST_TEST(rollup.sent == 180U);
    BOOST_TEST(rollup.answered == 162U);
    BOOST_TEST(rollup.rtt.count() == 162U);
    BOOST_TEST(rollup.rtt.min() == 1060U);
    BOOST_TEST(rollup.rtt.max() == 1590U);
    BOOST_TEST(rollup.rtt.quantile(0.5) > 1250U);
    BOOST_TEST(rollup.rtt.quantile(0.5) < 1400U);
    auto const address = [](char const* text) {
        return std::optional<IpAddress>(boost::asio::ip::make_address(text));
    };
    BOOST_TEST(rollup.paths.size() == 3U);
    BOOST_TEST(rollup.paths.at({address("192.0.2.1"), address("192.0.2.9")}) == 24U);
    BOOST_TEST(rollup.paths.at({address("192.0.2.2"), address("192.0.2.9")}) == 30U);
    BOOST_TEST(rollup.paths.at({address("192.0.2.1"), std::nullopt}) == 6U);
    BOOST_TEST(all({}, noon + hours(5)).rolled_up == 0U);
}

BOOST_AUTO_TEST_CASE(a_trace_that_comes_late_is_summed_up_again) {
    add({trace(noon)});
    all({}, noon + hours(2));
    add({trace(noon + minutes(1), 0)});
    BOOST_TEST(history().at(0).rollup.traces == 1U);
    BOOST_TEST(all({}, noon + hours(3)).rolled_up == 1U);
    BOOST_TEST(history().at(0).rollup.traces == 2U);
}

BOOST_AUTO_TEST_CASE(traces_that_keep_coming_for_the_past_do_not_keep_it_busy) {
    add({trace(noon)});
    std::size_t steps = 0;
    for (bool more = true; more; ++steps) {
        BOOST_REQUIRE_LT(steps, 10U);
        more = step({}, noon + hours(3)).more;
        add({trace(noon + minutes(1) + milliseconds(steps))});
    }
    BOOST_TEST(all({}, noon + hours(3)).rolled_up == 1U);
    BOOST_TEST(history().at(0).rollup.traces == 1 + steps);
}

BOOST_AUTO_TEST_CASE(a_busy_hour_is_summed_up_in_parts) {
    std::vector<Trace> batch;
    for (int i = 0; i < 5'000; ++i)
        batch.push_back(trace(noon + milliseconds(700 * i), i % 10 == 0 ? 2 : 3));
    add(std::move(batch));
    auto const first = step({}, noon + hours(2));
    BOOST_TEST(first.rolled_up == 0U);
    BOOST_TEST(first.more);
    BOOST_TEST(history().empty());
    // One for the part that is summed up already, and one for what is left.
    add({trace(noon + milliseconds(1)), trace(noon + minutes(59))});
    BOOST_TEST(all({}, noon + hours(2)).rolled_up == 1U);
    BOOST_TEST(history().at(0).rollup.traces == 5'001U);
    BOOST_TEST(all({}, noon + hours(2)).rolled_up == 1U);
    BOOST_TEST(history().at(0).rollup.traces == 5'002U);
    BOOST_TEST(history().at(0).rollup.answered == 4'502U * 3 + 500U * 2);
    BOOST_TEST(all({}, noon + hours(2)).rolled_up == 0U);
}

BOOST_AUTO_TEST_CASE(an_hour_that_comes_due_before_one_in_parts_has_its_own_traces) {
    std::vector<Trace> batch;
    for (int i = 0; i < 5'000; ++i)
        batch.push_back(trace(noon + milliseconds(700 * i)));
    add(std::move(batch));
    BOOST_TEST(step({}, noon + hours(2)).rolled_up == 0U);
    add({trace(noon - hours(1))});
    BOOST_TEST(all({}, noon + hours(2)).rolled_up == 2U);
    auto const got = history();
    BOOST_REQUIRE(got.size() == 2U);
    BOOST_TEST((got[0].start == noon - hours(1)));
    BOOST_TEST(got[0].rollup.traces == 1U);
    BOOST_TEST(got[1].rollup.traces == 5'000U);
}

BOOST_AUTO_TEST_CASE(what_came_since_its_hour_was_summed_up_is_counted_before_it_goes) {
    add({trace(noon)});
    UpkeepRule const rule{.keep_traces = hours(5)};
    BOOST_TEST(step(rule, noon + hours(10)).rolled_up == 1U);
    add({trace(noon + minutes(1)), trace(noon + minutes(2))});
    BOOST_TEST(all(rule, noon + hours(10)).removed == 0U);
    BOOST_TEST(all(rule, noon + hours(10)).removed == 3U);
    BOOST_TEST(count() == 0U);
    BOOST_TEST(history().at(0).rollup.traces == 3U);
    all(rule, noon + hours(10));
    BOOST_TEST(history().at(0).rollup.traces == 3U);
}

BOOST_AUTO_TEST_CASE(old_traces_go_and_their_history_stays) {
    std::vector<Trace> batch;
    for (int i = 0; i < 1200; ++i)
        batch.push_back(trace(noon + minutes(i)));
    auto const first = batch.front().id;
    auto odd = trace(noon + minutes(3));
    odd.id = make_uuid_from_name("not of version 7");
    auto const odd_id = odd.id;
    batch.push_back(odd);
    add(std::move(batch));
    UpkeepRule const rule{.keep_traces = hours(10)};
    auto const done = all(rule, noon + hours(21));
    BOOST_TEST(done.rolled_up == 20U);
    BOOST_TEST(done.removed == 11U * 60);
    BOOST_TEST(count() == 9U * 60);
    BOOST_TEST(!get(first));
    BOOST_TEST(!get(odd_id));
    BOOST_TEST(history().size() == 20U);
    BOOST_TEST(history().at(0).rollup.traces == 61U);
    // The probe that sends it again has not heard of the first time.
    BOOST_TEST(add({odd}) == 0U);
    BOOST_TEST(!get(odd_id));
}

BOOST_AUTO_TEST_CASE(what_comes_after_its_time_is_counted_once_and_goes) {
    add({trace(noon + hours(3))});
    UpkeepRule const rule{.keep_traces = hours(5)};
    all(rule, noon + hours(10));
    BOOST_TEST(count() == 0U);
    // The probe was away at noon.
    std::vector<Trace> const late{trace(noon), trace(noon + minutes(1)), trace(noon, 0)};
    BOOST_TEST(add(late) == 3U);
    BOOST_TEST(add(late) == 0U);
    all(rule, noon + hours(11));
    BOOST_TEST(count() == 3U);  // more of it may come
    all(rule, noon + hours(11));
    BOOST_TEST(count() == 0U);
    BOOST_TEST(history().at(0).rollup.traces == 3U);
    BOOST_TEST(add(late) == 0U);
    all(rule, noon + hours(12));
    BOOST_TEST(history().at(0).rollup.traces == 3U);
}

BOOST_AUTO_TEST_CASE(an_hour_that_comes_late_in_two_reports_is_counted_whole) {
    add({trace(noon + hours(3))});
    UpkeepRule const rule{.keep_traces = hours(5)};
    all(rule, noon + hours(10));
    BOOST_TEST(count() == 0U);
    BOOST_TEST(add({trace(noon), trace(noon + minutes(1))}) == 2U);
    all(rule, noon + hours(11));
    BOOST_TEST(add({trace(noon + minutes(2)), trace(noon + minutes(3))}) == 2U);
    all(rule, noon + hours(11));
    BOOST_TEST(count() == 4U);
    all(rule, noon + hours(11));
    BOOST_TEST(count() == 0U);
    BOOST_TEST(history().at(0).rollup.traces == 4U);
    // Nobody could tell any more whether it is counted.
    BOOST_TEST((try_add({trace(noon + minutes(4))}).value().front() == Added::too_late));
    BOOST_TEST((try_add({trace(noon - minutes(4))}).value().front() == Added::stored));
}

BOOST_AUTO_TEST_CASE(an_hour_that_comes_late_waits_for_more_when_the_master_restarts) {
    add({trace(noon + hours(3))});
    UpkeepRule const rule{.keep_traces = hours(5)};
    all(rule, noon + hours(10));
    BOOST_TEST(add({trace(noon)}) == 1U);
    all(rule, noon + hours(11));
    open();
    all(rule, noon + hours(11));
    BOOST_TEST(add({trace(noon + minutes(2))}) == 1U);
    all(rule, noon + hours(11));
    all(rule, noon + hours(11));
    BOOST_TEST(count() == 0U);
    BOOST_TEST(history().at(0).rollup.traces == 2U);
}

BOOST_AUTO_TEST_CASE(late_hours_that_keep_coming_keep_no_others_from_going) {
    add({trace(noon + hours(3)), trace(noon + hours(8))});
    UpkeepRule rule{.keep_traces = hours(5)};
    all(rule, noon + hours(10));
    for (int i = 0; i < 3; ++i) {
        add({trace(noon + minutes(i))});
        all(rule, noon + hours(14));
        BOOST_TEST(count() == static_cast<std::uint64_t>(i) + 1);
        BOOST_TEST(history().size() == 2U);
    }
    for (int i = 3; i < 70 && count() > 0; ++i) {
        BOOST_TEST(add({trace(noon + minutes(i) / 2)}) == 1U);
        all(rule, noon + hours(14));
    }
    BOOST_TEST(count() == 0U);
    BOOST_TEST(history().at(0).rollup.traces > 50U);
}

BOOST_AUTO_TEST_CASE(late_hours_do_not_wait_where_there_is_no_room) {
    UpkeepRule rule{.keep_traces = hours(5)};
    add({trace(noon + hours(3))});
    all(rule, noon + hours(10));
    rule = {.keep_traces = std::nullopt, .max_bytes = 1};
    add({trace(noon), trace(noon + hours(15))});
    all(rule, noon + hours(20));
    BOOST_TEST(count() == 0U);
    BOOST_TEST(history().at(0).rollup.traces == 1U);
}

BOOST_AUTO_TEST_CASE(an_hour_that_is_being_removed_is_counted_once) {
    std::vector<Trace> batch;
    for (int i = 0; i < 900; ++i)
        batch.push_back(trace(noon + seconds(i)));
    add(batch);
    UpkeepRule const rule{.keep_traces = hours(5)};
    while (count() == 900U)
        (void)step(rule, noon + hours(10));
    BOOST_REQUIRE(count() > 0U);
    BOOST_TEST(add({batch.front(), batch.back(), trace(noon + hours(1) - seconds(1))}) == 0U);
    all(rule, noon + hours(11));
    BOOST_TEST(count() == 0U);
    BOOST_TEST(history().at(0).rollup.traces == 900U);
}

BOOST_AUTO_TEST_CASE(the_last_hours_stay_whatever_the_rule) {
    add({trace(noon)});
    UpkeepRule const rule{.keep_traces = seconds(1), .max_bytes = 1};
    all(rule, noon + minutes(70));
    BOOST_TEST(count() == 1U);
}

BOOST_AUTO_TEST_CASE(a_database_that_is_too_large_loses_its_oldest_hours) {
    std::vector<Trace> batch;
    for (int i = 0; i < 6000; ++i)
        batch.push_back(
            trace(noon + seconds(i * 10), 3, 1000 + static_cast<std::uint32_t>(i % 997)));
    add(std::move(batch));
    auto const before = value_of(traces().counts())->bytes;
    UpkeepRule const rule{.keep_traces = std::nullopt, .max_bytes = 300'000};
    auto const done = all(rule, noon + days(1));
    BOOST_TEST(before > 300'000U);
    BOOST_TEST(done.removed > 0U);
    BOOST_TEST(count() > 0U);
    BOOST_TEST(count() < 6000U);
    BOOST_TEST(history().size() == 17U);
}

BOOST_AUTO_TEST_CASE(a_database_of_an_earlier_layout_is_summed_up_too) {
    auto odd = trace(noon + minutes(1));
    odd.id = make_uuid_from_name("not of version 7");
    add({trace(noon), trace(noon + hours(1)), trace(at("2031-01-01T00:30:00Z")), odd});
    store.reset();
    change_file(back_to_layout(3).c_str());
    BOOST_TEST(all({}, at("2031-01-01T02:00:00Z")).rolled_up == 3U);
    auto const got = history(noon, at("2032-01-01T00:00:00Z"));
    BOOST_REQUIRE(got.size() == 3U);
    BOOST_TEST((got[0].start == noon));
    BOOST_TEST((got[2].start == at("2031-01-01T00:00:00Z")));
    BOOST_TEST((get(odd.id) == odd));
    BOOST_TEST(add({odd}) == 0U);
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_read_keeps_no_other) {
    add({trace(noon), trace(noon + minutes(1)), trace(noon + hours(1))});
    store.reset();
    change_file("UPDATE trace SET record = x'FF' WHERE started = (SELECT min(started) FROM trace)");
    auto const first = step({}, noon + hours(3));
    BOOST_TEST(first.rolled_up == 2U);
    BOOST_REQUIRE(first.unreadable.reason);
    BOOST_TEST(first.unreadable.reason->message.find("the file is damaged (trace ") !=
               std::string::npos);
    BOOST_TEST(history().size() == 2U);
    BOOST_TEST(history().at(0).rollup.traces == 1U);
    BOOST_TEST(!step({}, noon + hours(3)).unreadable.reason);
    all({.keep_traces = hours(5)}, noon + hours(10));
    BOOST_TEST(count() == 0U);
}

BOOST_AUTO_TEST_CASE(a_path_that_cannot_be_read_hides_no_counts) {
    add({trace(noon), trace(noon + minutes(1)), trace(noon + minutes(2), 3, 1000, "192.0.2.2"),
         trace(noon + hours(1))});
    all({}, noon + hours(3));
    store.reset();
    change_file("UPDATE path SET shape = x'00' WHERE id = (SELECT min(id) FROM path)");
    HistoryQuery query{
        .probe = "n1", .measurement = measurement, .from = noon, .to = noon + days(1)};
    auto const found = value_of(traces().history(query)).value();
    BOOST_REQUIRE(found.rollups.size() == 2U);
    auto const& rollup = found.rollups.front().rollup;
    BOOST_TEST(rollup.traces == 3U);
    BOOST_TEST(rollup.answered == 9U);
    BOOST_TEST(rollup.rtt.count() == 9U);
    BOOST_TEST(rollup.paths.size() == 1U);
    BOOST_TEST(rollup.other_paths == 2U);
    BOOST_TEST(found.rollups.back().rollup.other_paths == 1U);
    BOOST_TEST(found.unreadable.count == 2U);
    BOOST_REQUIRE(store->trouble());
    BOOST_TEST(store->trouble()->message.find("the file is damaged (path ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(history_is_asked_for_by_its_hours) {
    for (int i = 0; i < 5; ++i)
        add({trace(noon + hours(i))});
    all({}, noon + days(1));
    BOOST_TEST(history(noon + hours(1), noon + hours(3)).size() == 2U);
    BOOST_TEST(history(noon + hours(1) + seconds(1), noon + hours(3)).size() == 1U);
    HistoryQuery other{
        .probe = "n2", .measurement = measurement, .from = noon, .to = noon + days(9)};
    BOOST_TEST(value_of(traces().history(std::move(other)))->rollups.empty());
}

BOOST_AUTO_TEST_SUITE_END()
