#include "round_schedule.hpp"

#include <dtrace/core/text.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

using namespace dtrace;
using namespace dtrace::probe;
using std::chrono::duration_cast;
using std::chrono::hours;

namespace {

AssignedMeasurement measurement(int number, std::uint32_t interval_s = 60) {
    AssignedMeasurement made;
    made.id = make_uuid_from_name("measurement " + std::to_string(number));
    made.name = "m" + std::to_string(number);
    made.target = "192.0.2." + std::to_string(number % 250 + 1);
    made.interval_s = interval_s;
    return made;
}

std::vector<AssignedMeasurement> measurements(int count, std::uint32_t interval_s = 60) {
    std::vector<AssignedMeasurement> made;
    for (int i = 0; i < count; ++i)
        made.push_back(measurement(i, interval_s));
    return made;
}

OnceItem once_item(int number) {
    return {.id = make_uuid_from_name("order " + std::to_string(number)),
            .measurement = {},
            .target = "192.0.2.1",
            .parameters = {},
            .deadline = {}};
}

TimePoint const start = TimePoint(hours(1000) + milliseconds(123));

/// Plays the driver in virtual time: starts what is due, ends rounds after `took`.
struct Play {
    RoundSchedule schedule;
    TimePoint now = start;
    std::function<Duration(Uuid const&)> took = [](Uuid const&) { return milliseconds(100); };
    std::map<Uuid, std::vector<TimePoint>> started{};
    std::multimap<TimePoint, Uuid> ends{};
    std::size_t most_at_a_time = 0;

    void until(TimePoint end) {
        while (true) {
            for (auto const& each : schedule.take_due(now)) {
                started[each.id].push_back(now);
                ends.emplace(now + took(each.id), each.id);
            }
            most_at_a_time = std::max(most_at_a_time, schedule.under_way());
            auto next = schedule.next_due().value_or(TimePoint::max());
            if (!ends.empty()) next = std::min(next, ends.begin()->first);
            if (next > end) break;
            BOOST_REQUIRE(next >= now);
            now = next;
            while (!ends.empty() && ends.begin()->first <= now) {
                schedule.finished(ends.begin()->second);
                ends.erase(ends.begin());
            }
        }
        now = end;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(round_schedule)

BOOST_AUTO_TEST_CASE(nothing_is_due_without_an_assignment) {
    RoundSchedule schedule("n1", {});
    BOOST_TEST(schedule.take_due(start).empty());
    BOOST_TEST(!schedule.next_due().has_value());
}

BOOST_AUTO_TEST_CASE(first_rounds_are_soon_and_spread) {
    Play play{RoundSchedule("n1", {})};
    play.schedule.assign(measurements(300), start);
    play.until(start + seconds(3));
    BOOST_TEST(play.started.size() == 300U);
    std::vector<int> thirds(3);
    for (auto const& [id, times] : play.started)
        ++thirds[static_cast<std::size_t>(duration_cast<seconds>(times.front() - start).count())];
    for (int each : thirds)
        BOOST_TEST(each > 60);
}

BOOST_AUTO_TEST_CASE(rounds_come_once_per_interval_with_small_jitter) {
    Play play{RoundSchedule("n1", {})};
    play.schedule.assign(measurements(50), start);
    play.until(start + hours(2));
    bool jitter_seen = false;
    for (auto const& [id, times] : play.started) {
        // Between the soonest and the latest that phase and first round allow.
        BOOST_TEST(times.size() >= 119U);
        BOOST_TEST(times.size() <= 121U);
        BOOST_TEST(((times[1] - times[0]) >= seconds(30)));
        BOOST_TEST(((times[1] - times[0]) <= seconds(94)));
        for (std::size_t i = 2; i < times.size(); ++i) {
            auto const gap = times[i] - times[i - 1];
            BOOST_TEST((gap > seconds(60) - milliseconds(3750)));
            BOOST_TEST((gap < seconds(60) + milliseconds(3750)));
            jitter_seen |= gap != seconds(60);
        }
    }
    BOOST_TEST(jitter_seen);
    BOOST_TEST(play.schedule.counts().skipped == 0U);
}

BOOST_AUTO_TEST_CASE(rounds_are_spread_over_the_interval) {
    Play play{RoundSchedule("n1", {})};
    play.schedule.assign(measurements(600), start);
    play.until(start + hours(1));
    std::vector<int> sixths(6);
    for (auto const& [id, times] : play.started) {
        auto const place = duration_cast<seconds>(times.back().time_since_epoch()).count() % 60;
        ++sixths[static_cast<std::size_t>(place / 10)];
    }
    for (int each : sixths)
        BOOST_TEST(each > 60);
}

BOOST_AUTO_TEST_CASE(the_place_depends_on_probe_and_measurement_only) {
    auto const last_round = [](std::string probe, TimePoint began) {
        Play play{RoundSchedule(std::move(probe), {}), began};
        play.schedule.assign({measurement(7)}, began);
        play.until(start + hours(3));
        return play.started.begin()->second.back();
    };
    auto const first = last_round("n1", start);
    BOOST_TEST((last_round("n1", start + seconds(1234)) == first));
    BOOST_TEST((last_round("n2", start) != first));
}

BOOST_AUTO_TEST_CASE(unchanged_keeps_its_place_and_changed_restarts) {
    Play play{RoundSchedule("n1", {})};
    play.schedule.assign(measurements(2), start);
    play.until(start + std::chrono::minutes(10));
    auto const due_before = *play.schedule.next_due();

    auto again = measurements(2);
    play.schedule.assign(again, play.now);
    BOOST_TEST((*play.schedule.next_due() == due_before));

    again[1].parameters.max_hops = 12;
    auto const rounds = play.started[again[1].id].size();
    auto const changed_at = play.now;
    play.schedule.assign(again, play.now);
    play.until(changed_at + seconds(3));
    BOOST_TEST(play.started[again[1].id].size() == rounds + 1);
}

BOOST_AUTO_TEST_CASE(a_removed_measurement_is_not_started_again) {
    Play play{RoundSchedule("n1", {})};
    play.schedule.assign(measurements(2), start);
    play.until(start + seconds(5));
    play.schedule.assign({measurement(0)}, play.now);
    play.until(start + hours(1));
    BOOST_TEST(play.started[measurement(1).id].size() == 1U);
    BOOST_TEST(play.started[measurement(0).id].size() > 50U);
}

BOOST_AUTO_TEST_CASE(an_overlong_round_does_not_overlap_itself) {
    Play play{RoundSchedule("n1", {})};
    play.took = [](Uuid const&) { return seconds(150); };
    play.schedule.assign({measurement(1)}, start);
    play.until(start + hours(1));
    auto const& times = play.started.begin()->second;
    for (std::size_t i = 1; i < times.size(); ++i)
        BOOST_TEST(((times[i] - times[i - 1]) >= seconds(150)));
    BOOST_TEST(times.size() >= 19U);
    auto const slots = play.schedule.counts().started + play.schedule.counts().skipped;
    BOOST_TEST(slots >= 59U);
    BOOST_TEST(slots <= 61U);
}

BOOST_AUTO_TEST_CASE(a_change_during_a_round_starts_right_after_it) {
    RoundSchedule schedule("n1", {});
    schedule.assign({measurement(1)}, start);
    BOOST_REQUIRE(schedule.take_due(start + seconds(3)).size() == 1U);
    auto changed = measurement(1);
    changed.target = "192.0.2.200";
    schedule.assign({changed}, start + seconds(4));
    BOOST_TEST(schedule.take_due(start + seconds(20)).empty());
    schedule.finished(changed.id);
    auto const due = schedule.take_due(start + seconds(21));
    BOOST_REQUIRE(due.size() == 1U);
    BOOST_TEST(due[0].target == "192.0.2.200");
    BOOST_TEST(schedule.counts().skipped == 0U);
}

BOOST_AUTO_TEST_CASE(no_more_rounds_at_a_time_than_allowed_and_all_get_their_turn) {
    Play play{RoundSchedule("n1", {.max_concurrent_rounds = 10})};
    play.took = [](Uuid const&) { return seconds(5); };
    play.schedule.assign(measurements(100), start);
    play.until(start + seconds(55));
    BOOST_TEST(play.most_at_a_time == 10U);
    BOOST_TEST(play.started.size() == 100U);
    BOOST_TEST(!play.schedule.take_due(play.now).size());
}

BOOST_AUTO_TEST_CASE(too_much_work_is_skipped_and_counted_fairly) {
    Play play{RoundSchedule("n1", {.max_concurrent_rounds = 10})};
    play.took = [](Uuid const&) { return seconds(10); };  // 60 rounds a minute at most
    play.schedule.assign(measurements(120), start);
    play.until(start + hours(1));
    for (auto const& [id, times] : play.started) {
        BOOST_TEST(times.size() >= 25U);
        BOOST_TEST(times.size() <= 35U);
    }
    auto const counts = play.schedule.counts();
    BOOST_TEST(counts.skipped > 3000U);
    BOOST_TEST(counts.skipped + counts.started > 7000U);
}

BOOST_AUTO_TEST_CASE(after_a_standstill_one_round_follows_not_all_that_were_missed) {
    RoundSchedule schedule("n1", {});
    schedule.assign({measurement(1)}, start);
    BOOST_TEST(schedule.take_due(start + hours(5)).size() == 1U);
    schedule.finished(measurement(1).id);
    BOOST_TEST(schedule.take_due(start + hours(5)).empty());
    BOOST_TEST(schedule.counts().skipped >= 298U);
    BOOST_TEST((*schedule.next_due() <= start + hours(5) + seconds(64)));
}

BOOST_AUTO_TEST_CASE(an_interval_of_one_second_works) {
    Play play{RoundSchedule("n1", {})};
    play.schedule.assign({measurement(1, 1)}, start);
    play.until(start + seconds(100));
    auto const rounds = play.started.begin()->second.size();
    BOOST_TEST(rounds >= 98U);
    BOOST_TEST(rounds <= 102U);
}

BOOST_AUTO_TEST_CASE(equal_ids_count_once) {
    RoundSchedule schedule("n1", {});
    schedule.assign({measurement(1), measurement(1)}, start);
    BOOST_TEST(schedule.measurements() == 1U);
    BOOST_TEST(schedule.take_due(start + seconds(3)).size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_off_work_is_begun_once_however_often_it_is_assigned) {
    RoundSchedule schedule("n1", {});
    schedule.assign_once({once_item(1)});
    BOOST_TEST((schedule.take_once() == std::vector{once_item(1)}));
    BOOST_TEST(schedule.under_way() == 1U);
    schedule.assign_once({once_item(1), once_item(2)});
    BOOST_TEST((schedule.take_once() == std::vector{once_item(2)}));
    schedule.finished(once_item(1).id);
    schedule.assign_once({once_item(1), once_item(2)});
    BOOST_TEST(schedule.take_once().empty());
    BOOST_TEST(schedule.under_way() == 1U);
}

BOOST_AUTO_TEST_CASE(one_off_work_gets_the_first_free_place) {
    RoundSchedule schedule("n1", {.max_concurrent_rounds = 2});
    schedule.assign(measurements(4), start);
    auto const later = start + seconds(3);
    BOOST_TEST(schedule.take_due(later).size() == 2U);
    schedule.assign_once({once_item(1)});
    BOOST_TEST(schedule.take_once().empty());
    for (int i = 0; i < 4; ++i)
        schedule.finished(measurement(i).id);
    BOOST_TEST(schedule.take_once().size() == 1U);
    BOOST_TEST(schedule.take_due(later).size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_off_work_that_was_taken_back_is_not_begun) {
    RoundSchedule schedule("n1", {.max_concurrent_rounds = 1});
    schedule.assign_once({once_item(1), once_item(2)});
    auto const first = schedule.take_once();
    BOOST_REQUIRE(first.size() == 1U);
    schedule.assign_once({});
    schedule.finished(first[0].id);
    BOOST_TEST(schedule.take_once().empty());
}

BOOST_AUTO_TEST_SUITE_END()
