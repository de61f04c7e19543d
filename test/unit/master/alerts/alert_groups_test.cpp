// Several events that are told of in one message.

#include "alerts/alerts_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::test;
using master::Alerts;

namespace {

using GroupTask = boost::asio::awaitable<void>;
using GroupTexts = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(alert_groups, AlertsFixture)

BOOST_AUTO_TEST_CASE(probes_that_go_together_are_one_alert) {
    listening([&]() -> GroupTask {
        write_receivers({R"("Name":"ops")"});
        co_await alerting([&](Alerts& alerts) -> GroupTask {
            for (int i = 1; i <= 30; ++i) {
                happen("n" + std::to_string(i), EventKind::probe_offline);
                happen("not wanted", EventKind::path_changed);
            }
            happen("a link");
            happen("n31", EventKind::probe_offline);
            happen("another link");
            alerts.wake();
            co_await until([&] { return store.kept_positions["ops"] == 63; });
            BOOST_TEST(alerts.statuses().at(0).delivered == 33U);
        });
    });
    std::string names;
    for (int i = 1; i <= 20; ++i)
        names += (i == 1 ? "n" : ", n") + std::to_string(i);
    BOOST_TEST(texts() == (GroupTexts{"30 probes are offline: " + names + " and 10 more", "a link",
                                      "n31", "another link"}),
               boost::test_tools::per_element());
    auto const all = message(0);
    BOOST_TEST(all.kind == "probe_offline");
    BOOST_REQUIRE(all.beside.has_value());
    BOOST_TEST(all.beside->size() == 29U);
    BOOST_TEST(all.probes == std::vector<std::string>{"n30"});
    BOOST_TEST(all.beside->front().probes == std::vector<std::string>{"n1"});
    BOOST_TEST(all.beside->back().probes == std::vector<std::string>{"n29"});
    BOOST_TEST(!message(2).beside.has_value());
}

BOOST_AUTO_TEST_CASE(those_that_come_a_little_later_wait_for_each_other_unless_others_are_behind) {
    listening([&]() -> GroupTask {
        write_receivers({R"("Name":"ops")"});
        co_await alerting([&](Alerts& alerts) -> GroupTask {
            happen("n1", EventKind::probe_offline);
            alerts.wake();
            co_await until([&] { return got.size() == 1; });
            happen("n2", EventKind::probe_offline);
            happen("n3", EventKind::probe_offline);
            alerts.wake();
            co_await until([&] { return alerts.statuses().at(0).next_attempt_at.has_value(); });
            BOOST_TEST(got.size() == 1U);
            happen("n4", EventKind::probe_offline);
            happen("n1", EventKind::probe_online);
            happen("n2", EventKind::probe_online);
            happen("a link");
            alerts.wake();
            co_await until([&] { return store.kept_positions["ops"] == 7; });
        });
    });
    BOOST_TEST(texts() == (GroupTexts{"n1", "3 probes are offline: n2, n3, n4",
                                      "2 probes are online again: n1, n2", "a link"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(they_wait_no_longer_than_said) {
    between_groups = milliseconds(20);
    listening([&]() -> GroupTask {
        write_receivers({R"("Name":"ops")"});
        co_await alerting([&](Alerts& alerts) -> GroupTask {
            for (auto const* probe : {"n1", "n2"}) {
                happen(probe, EventKind::probe_offline);
                alerts.wake();
                co_await until([&] { return !got.empty(); });
            }
            co_await until([&] { return store.kept_positions["ops"] == 2; });
        });
    });
    BOOST_TEST(texts() == (GroupTexts{"n1", "n2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(so_many_are_several_alerts_and_each_has_the_id_of_its_last) {
    listening([&]() -> GroupTask {
        write_receivers({R"("Name":"ops")"});
        co_await alerting([&](Alerts& alerts) -> GroupTask {
            for (int i = 1; i <= 120; ++i)
                happen("n" + std::to_string(i), EventKind::probe_offline);
            happen("a link");
            alerts.wake();
            co_await until([&] { return store.kept_positions["ops"] == 121; });
            BOOST_TEST(alerts.statuses().at(0).delivered == 121U);
        });
    });
    BOOST_REQUIRE(got.size() == 4U);
    for (std::size_t i = 0; i < 3; ++i) {
        std::size_t const last = i == 2 ? 120 : (i + 1) * master::most_together;
        BOOST_TEST(message(i).beside.value().size() + 1 == last - i * master::most_together);
        BOOST_TEST(message(i).probes.at(0) == "n" + std::to_string(last));
        auto const kept = json::read<Event>(store.numbered_events.at(last - 1).content,
                                            json::UnknownKeys::refuse);
        BOOST_TEST((message(i).id == kept.value().id));
    }
}

BOOST_AUTO_TEST_CASE(what_is_refused_together_is_told_one_by_one) {
    listening([&]() -> GroupTask {
        write_receivers({R"("Name":"ops")"});
        answers = {413};
        co_await alerting([&](Alerts& alerts) -> GroupTask {
            for (auto const* probe : {"n1", "n2", "n3"})
                happen(probe, EventKind::probe_offline);
            alerts.wake();
            co_await until([&] { return store.kept_positions["ops"] == 3; });
            BOOST_TEST(alerts.statuses().at(0).refused == 0U);
            for (auto const* probe : {"n4", "n5"})
                happen(probe, EventKind::probe_offline);
            happen("a link");
            alerts.wake();
            co_await until([&] { return store.kept_positions["ops"] == 6; });
        });
    });
    BOOST_TEST(texts() == (GroupTexts{"3 probes are offline: n1, n2, n3", "n1", "n2", "n3",
                                      "2 probes are offline: n4, n5", "a link"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_that_is_too_old_counts_once_though_its_group_is_gathered_anew) {
    listening([&]() -> GroupTask {
        write_receivers({R"("Name":"ops","MaxAgeHours":1)"});
        store.kept_positions["ops"] = 0;
        answers = {413};
        auto const limit = wall_clock_now() - std::chrono::hours(1);
        happen("n1", EventKind::probe_offline, limit - seconds(10));
        for (auto const* probe : {"n2", "n3"})
            happen(probe, EventKind::probe_offline, limit + seconds(90));
        co_await alerting([&](Alerts& alerts) -> GroupTask {
            co_await until([&] { return store.kept_positions["ops"] == 3; });
            BOOST_TEST(alerts.statuses().at(0).too_old == 1U);
            BOOST_TEST(alerts.statuses().at(0).delivered == 2U);
        });
    });
    BOOST_TEST(texts() == (GroupTexts{"2 probes are offline: n2, n3", "n2", "n3"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_changed_filter_holds_for_what_stands_between_those_of_a_group) {
    listening([&]() -> GroupTask {
        write_receivers({R"("Name":"ops","Kinds":["probe_offline"])"});
        answers = {500};
        retry_after = "3600";
        co_await alerting([&](Alerts& alerts) -> GroupTask {
            happen("n1", EventKind::probe_offline);
            happen("moved", EventKind::path_changed);
            happen("n2", EventKind::probe_offline);
            alerts.wake();
            co_await until([&] { return alerts.statuses().at(0).next_attempt_at.has_value(); });
            write_receivers({R"("Name":"ops","Kinds":["probe_offline","path_changed"])"});
            alerts.look_again(false);
            co_await until([&] { return got.size() == 3; });
            happen("a link");
            happen("moved again", EventKind::path_changed);
            alerts.wake();
            co_await until([&] { return store.kept_positions["ops"] == 5; });
        });
    });
    BOOST_TEST(
        texts() == (GroupTexts{"2 probes are offline: n1, n2", "n1", "moved", "n2", "moved again"}),
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
