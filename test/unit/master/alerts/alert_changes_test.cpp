// What changes under a sender while it is at work: its receiver, the events, or itself.

#include "alerts/alerts_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::test;
using master::Alerts;

namespace {

using Doing = boost::asio::awaitable<void>;
using Told = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(alert_changes, AlertsFixture)

BOOST_AUTO_TEST_CASE(a_receiver_taken_out_and_back_in_during_an_attempt_loses_nothing) {
    listening([&]() -> Doing {
        write_receivers({R"("Name":"ops")"});
        co_await alerting([&](Alerts& alerts) -> Doing {
            silent = true;
            happen("one");
            alerts.wake();
            co_await until([&] { return got.size() == 1; });
            write_receivers({R"("Name":"other")"});
            alerts.look_again(false);
            co_await until([&] { return alerts.find("other") != nullptr; });
            BOOST_TEST(!alerts.find("ops"));
            BOOST_TEST(!store.kept_positions.contains("ops"));
            write_receivers({R"("Name":"ops")"});
            alerts.look_again(false);
            co_await until([&] { return alerts.find("ops") != nullptr; });
            silent = false;
        });
        BOOST_TEST(store.kept_positions["ops"] == 1U);
        BOOST_TEST(!store.kept_positions.contains("other"));
        happen("two");
        co_await alerting([&](Alerts&) -> Doing {
            co_await until([&] { return store.kept_positions["ops"] == 2; });
        });
    });
    BOOST_TEST(texts() == (Told{"one", "two"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_receiver_that_changes_during_an_attempt_is_tried_at_once) {
    listening([&]() -> Doing {
        write_receivers({R"("Name":"ops")"});
        co_await alerting([&](Alerts& alerts) -> Doing {
            silent = true;
            answers = {500};
            retry_after = "3600";
            happen("one");
            alerts.wake();
            co_await until([&] { return got.size() == 1; });
            auto const before = alerts.find("ops")->stamp();
            auto const address = "http://localhost:" + std::to_string(port) + "/new";
            write_receivers({R"("Name":"ops","Url":")" + address + '"'});
            alerts.look_again(false);
            co_await until([&] { return alerts.find("ops")->stamp() != before; });
            silent = false;
            co_await until([&] { return store.kept_positions["ops"] == 1; });
        });
    });
    BOOST_REQUIRE(got.size() == 2U);
    BOOST_TEST(got[1].path == "/new");
    auto const failure = log.find("an alert was not taken, it is sent again");
    BOOST_REQUIRE(failure);
    BOOST_TEST(failure->field("reason") ==
               "http://127.0.0.1:" + std::to_string(port) + " answered 500");
}

BOOST_AUTO_TEST_CASE(events_that_are_gone_between_others_are_counted_and_said) {
    listening([&]() -> Doing {
        write_receivers({R"("Name":"ops")"});
        store.kept_positions["ops"] = 0;
        for (auto const* text : {"one", "two", "three", "four"})
            happen(text);
        std::erase_if(store.numbered_events,
                      [](auto const& each) { return each.number == 2 || each.number == 3; });
        co_await alerting([&](Alerts& alerts) -> Doing {
            co_await until([&] { return store.kept_positions["ops"] == 4; });
            BOOST_TEST(alerts.statuses().at(0).too_old == 2U);
        });
    });
    BOOST_TEST(texts() == (Told{"one", "four"}), boost::test_tools::per_element());
    auto const gone = log.find("events are gone before a receiver was told of them");
    BOOST_REQUIRE(gone);
    BOOST_TEST(gone->field("count") == "2");
}

BOOST_AUTO_TEST_CASE(a_sender_that_breaks_ends_all_of_them) {
    tags_of = [](Event const&) -> std::set<std::string> { throw std::logic_error("no tags"); };
    listening([&]() -> Doing {
        write_receivers({R"("Name":"ops")"});
        co_await alerting([&](Alerts& alerts) -> Doing {
            happen("one");
            alerts.wake();
            co_await until([&] { return log.count("task failed") == 1; });
            alerts.look_again(false);
            co_await until([&] { return log.count("task failed") == 2; });
        });
    });
    BOOST_TEST(log.events().back().field("reason") == "a sender of alerts has failed");
}

BOOST_AUTO_TEST_SUITE_END()
